export * from './open-journal.ts'
export * from './open-lock.ts'
export * from './open-soak-ledger.ts'
export * from './run-required.ts'
