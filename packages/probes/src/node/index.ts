export * from './observe.ts'
export * from './observe-myself.ts'
export * from './observers.ts'
