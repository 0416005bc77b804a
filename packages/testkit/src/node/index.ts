export * from './compare-golden.ts'
export * from './create-temporary-folder.ts'
export * from './record-proof.ts'
export * from './sha256.ts'
