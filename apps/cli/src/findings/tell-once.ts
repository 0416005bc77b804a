import type { Finding } from '@sanctum/contracts'

/**
 * The same trouble may be seen by two checks; it is told once, and a probe's where its service is told of already not at all. What
 * somebody lives with stands for nothing else: a waiver hides only what it names.
 */
export function tellOnce(findings: readonly Finding[]): Finding[] {
  const told = findings.filter(({ waiver }) => waiver === undefined)
  const sick = new Set(told.flatMap(({ code, subject }) => (aboutServices.has(code) ? [subject] : [])))
  const old = new Set(told.flatMap(({ code, subject }) => (code === 'UNIT_OLD_PROGRAM' ? [subject] : [])))
  const once = new Map(
    findings.map((finding) => [`${finding.code} ${finding.subject ?? JSON.stringify(finding.at)} ${finding.message}`, finding]),
  )
  return [...once.values()].filter(
    ({ code, subject }) =>
      (!aboutProbes.has(code) || !sick.has(subject?.split(' ')[0])) &&
      // Who runs an older program runs other code as well; one restart mends both.
      (code !== 'ROLE_OTHER_CODE' || !old.has(subject)),
  )
}

const aboutServices: ReadonlySet<string> = new Set([
  'SERVICE_UNHEALTHY',
  'SERVICE_UNCHECKED',
  'WATCHDOG_STALLED',
  'UNIT_FAILED',
  'SUPERVISOR_DOWN',
])
const aboutProbes: ReadonlySet<string> = new Set(['PROBE_FAILED', 'PROBE_UNCHECKED', 'HEALER_SILENT', 'PORT_UNBOUND'])
