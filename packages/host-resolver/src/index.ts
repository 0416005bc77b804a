export { auditText } from './audit-text.ts'
export { type Explanation, explainValue } from './explain-value.ts'
export { judgeMachineLayer } from './judge-machine-layer.ts'
export {
  type FilePresence,
  listNeededFiles,
  listPrerequisites,
  listPrograms,
  type NeededFile,
  type Prerequisite,
} from './list-prerequisites.ts'
export { type FactsReading, parseFacts } from './parse-facts.ts'
export { type KernelSocket, parseProcNet } from './parse-proc-net.ts'
export { operationalVariables, parseVariables, type VariableReading } from './parse-variables.ts'
export { resolveHost } from './resolve-host.ts'
export type { ResolveInput } from './resolve-input.ts'
export { type Setting, settingsLayer } from './settings-layer.ts'
