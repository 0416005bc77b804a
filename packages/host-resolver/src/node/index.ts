export { auditDirectory, auditFiles } from './audit-directory.ts'
export { type FactsRequest, gatherFacts } from './gather-facts.ts'
export { gatherObservations, type ObservationsRequest } from './gather-observations.ts'
export { observeFiles } from './observe-files.ts'
