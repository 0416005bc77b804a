import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Delivery } from '../healing/create-healer.ts'
import { type Alert, tellAlert } from '../healing/tell-alert.ts'
import { runBounded } from './run-bounded.ts'

/** A hook may take this long; it runs beside the watch and keeps nobody waiting. */
const HOOK_MS = 15_000

/**
 * Tells people of an incident: a line in a file, and the command that the operator gave, which gets the alert as JSON on stdin. That a
 * command ended well does not say that anybody read it, so every delivery is unconfirmed until a person acknowledges the incident.
 */
export async function deliverAlert(
  alert: Alert,
  { file, hook }: { readonly file: string; readonly hook: readonly string[] | null },
): Promise<Delivery[]> {
  const deliveries = [writeLine(alert, file), ...(hook === null ? [] : [runHook(alert, hook)])]
  return await Promise.all(deliveries)
}

async function writeLine(alert: Alert, file: string): Promise<Delivery> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await appendFile(file, `${tellAlert(alert)}\n`, { mode: 0o600 })
    return { channel: 'file', delivery: 'unconfirmed', why: file }
  } catch (error) {
    return { channel: 'file', delivery: 'failed', why: error instanceof Error ? error.message : String(error) }
  }
}

async function runHook(alert: Alert, hook: readonly string[]): Promise<Delivery> {
  const end = await runBounded(hook, { timeoutMs: HOOK_MS, input: `${JSON.stringify({ schema_version: 1, ...toDocument(alert) })}\n` })
  return { channel: 'command', delivery: end.ok ? 'unconfirmed' : 'failed', why: end.why }
}

function toDocument({ atMs, ...alert }: Alert): Record<string, unknown> {
  return { at_ms: atMs, ...alert, text: tellAlert({ atMs, ...alert }) }
}
