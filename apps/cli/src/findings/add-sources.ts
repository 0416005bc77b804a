import type { CheckResult, Finding, FindingCodeName, Position } from '@sanctum/contracts'
import { explainValue, type ResolveInput } from '@sanctum/host-resolver'

/** Which value of the haus says what was expected, below `services.<id>`; the words of the subject are the service and what of it. */
const expectedAt: Partial<Record<FindingCodeName, (rest: readonly string[]) => string>> = {
  PROBE_FAILED: ([purpose]) => `health.${purpose}`,
  PROBE_UNCHECKED: ([purpose]) => `health.${purpose}`,
  PROBE_UNRESOLVED: ([purpose]) => `health.${purpose}`,
  ACTION_UNRESOLVED: () => 'remediation.actions',
  JOB_STALE: () => 'schedule',
  JOB_UNFINISHED: () => 'schedule',
  JOB_UNPROVEN: () => 'schedule',
  PORT_UNBOUND: () => 'provides',
  PORT_EXPOSED: () => 'provides',
  PORT_UNDECLARED: () => 'provides',
  HEALER_SILENT: () => 'health.liveness',
  HEALER_NOT_PERMITTED: () => 'run',
  SECRET_UNREADABLE: () => 'run.secrets',
}

/** Of what was not found as expected, the line that says so. Only what stands in a file has one; a value of the program or of a flag has none. */
export function addSources(input: ResolveInput, results: readonly CheckResult[]): readonly CheckResult[] {
  const known = new Map<string, Position | null>()
  const placeOf = (path: string): Position | null => {
    const place = known.get(path) ?? findPlace(input, path)
    known.set(path, place)
    return place
  }
  return results.map((result) => ({ ...result, findings: result.findings.map((finding) => addSource(finding, placeOf)) }))
}

function addSource(finding: Finding, placeOf: (path: string) => Position | null): Finding {
  const { code, subject, evidence } = finding
  const path = expectedAt[code as FindingCodeName]
  if (path === undefined || evidence?.expected === undefined || evidence.source !== undefined || subject === undefined) return finding
  const [service, ...rest] = subject.split(' ')
  const source = placeOf(`services.${service}.${path(rest)}`)
  return source === null ? finding : { ...finding, evidence: { ...evidence, source } }
}

/** Where the layer that wins wrote it. */
function findPlace(input: ResolveInput, path: string): Position | null {
  const explanation = explainValue(input, path)
  if (explanation.kind === 'unknown') return null
  return explanation.contributions.find(({ winner }) => winner)?.at ?? null
}
