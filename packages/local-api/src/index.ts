export * from './api-token-file.ts'
export * from './judge-request.ts'
export * from './local-policy.ts'
export * from './local-request.ts'
