export { auditDirectory } from './audit-directory.ts'
export { type FactsRequest, gatherFacts } from './gather-facts.ts'
export { gatherObservations } from './gather-observations.ts'
export { observeFiles } from './observe-files.ts'
