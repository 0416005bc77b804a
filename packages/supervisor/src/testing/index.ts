export * from './create-memory-manager.ts'
export * from './unit-manager-contract.ts'
