export { CHECKSUMS, renderChecksums } from './checksums.ts'
export { type ReleaseGate, releaseGates, toGateCommand } from './gates.ts'
export { type GateRun, type GateVerdict, judgeGate } from './judge-gate.ts'
export {
  judgeRelease,
  type ReleaseInput,
  type ReleaseJudgement,
  type SeenFile,
  SIGNATURE,
  type SignatureReading,
} from './judge-release.ts'
export { listRefusedLicenses } from './list-refused-licenses.ts'
export { type Bump, type Change, type PlannedPackage, planVersion, type VersionInput, type VersionPlan } from './plan-version.ts'
export { type NotedFigure, type NotedProof, type NoteInput, RECEIPTS, renderNote } from './render-note.ts'
export { renderSbom, type SbomInput, type SbomRoot } from './sbom.ts'
export { findBundled, toSelfContained } from './self-contained.ts'
export { parseTar, renderTar, type TarEntry } from './tar.ts'
export { LIFETIME_DAYS, renderStatement, toStatement } from './to-statement.ts'
