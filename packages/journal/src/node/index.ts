export * from './open-journal.ts'
export * from './open-lock.ts'
