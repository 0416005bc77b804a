export * from './journal.ts'
export * from './journal-row.ts'
export * from './lock.ts'
