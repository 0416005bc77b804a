export * from './confined-file-system.ts'
export * from './create-generations.ts'
export * from './open-folder.ts'
export * from './perform-steps.ts'
