export * from './create-router.ts'
