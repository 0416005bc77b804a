export * from './create-git.ts'
export * from './create-versions.ts'
export * from './find-installation.ts'
export * from './run-program.ts'
