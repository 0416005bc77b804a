export * from './observe.ts'
export * from './observers.ts'
