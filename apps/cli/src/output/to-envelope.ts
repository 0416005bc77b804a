import { type Envelope, exitCodes, type Finding } from '@sanctum/contracts'
import type { Answer } from '../command.ts'

/** The document of `--json` for an answer. */
export async function toEnvelope(command: string, { exit, data, findings }: Answer): Promise<Envelope> {
  return {
    schema_version: 1,
    command,
    ok: exitCodes[exit].code === 0,
    data: { ...data, findings: await explain(findings) },
    warnings: findings.filter(({ severity, waiver }) => severity === 'warning' && waiver === undefined).map(({ message }) => message),
    errors: toErrors(findings),
  }
}

/** The document of `--json` where there is no answer. */
export async function toErrorEnvelope(
  command: string,
  {
    code,
    message,
    hint,
    findings,
  }: { readonly code: string; readonly message: string; readonly hint: string; readonly findings: readonly Finding[] },
): Promise<Envelope> {
  const errors = toErrors(findings)
  return {
    schema_version: 1,
    command,
    ok: false,
    data: { findings: await explain(findings) },
    warnings: [],
    errors: errors.length > 0 ? errors : [{ code, message, ...(hint === '' ? {} : { hint }) }],
  }
}

/** The table of codes is read only where there is something to explain. */
async function explain(findings: readonly Finding[]): Promise<Finding[]> {
  if (findings.length === 0) return []
  const { explainFinding } = await import('../findings/explain-finding.ts')
  return findings.map(explainFinding)
}

function toErrors(findings: readonly Finding[]): Envelope['errors'] {
  return findings
    .filter(({ severity, waiver }) => severity === 'error' && waiver === undefined)
    .map(({ code, message, fix }) => ({ code, message, ...(fix ? { hint: fix.text } : {}) }))
}
