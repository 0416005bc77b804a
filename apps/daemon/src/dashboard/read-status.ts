import { type HausStatus, hausStatus, watchdogStatus } from '@sanctum/contracts'
import { type HausDefinition, portOf } from '../haus-definition.ts'
import type { DocumentReply } from '../node/ask-health.ts'
import { toHausStatus, toLastKnown } from '../to-haus-status.ts'
import type { HausWatch } from '../watch-haus.ts'
import type { StatusReading } from './status-reading.ts'

export interface StatusPorts {
  readonly askWatchdog: (port: number, timeoutMs: number) => Promise<DocumentReply>
  /** For a look of our own, where the watchdog does not answer. */
  readonly watch: HausWatch
  readonly readConfirmed: () => Promise<number | null>
  readonly readRemembered: () => Promise<unknown>
  readonly nowMs: () => number
}

const WATCHDOG_PORT = 2187
const WATCHDOG_MS = 300
const OWN_LOOK_MS = 400
const OWN_LOOK_LATEST_MS = 550

/**
 * The status from the watchdog, if its loop is fresh; else from a look of our own; else the last one that anybody wrote
 * down, none of it called healthy. Each stage has its share of a second.
 */
export async function readStatus(ports: StatusPorts, definition: HausDefinition | null): Promise<StatusReading> {
  if (definition === null) return { kind: 'nothing', why: 'This machine has no generation yet: run sanctumctl up' }
  const port = portOf(definition, 'watchdog') ?? WATCHDOG_PORT
  const { haus, why } = readReply(await ports.askWatchdog(port, WATCHDOG_MS))
  if (haus !== null) return { kind: 'seen', by: 'watchdog', status: haus }
  const seen = await lookOurselves(ports, definition)
  if (seen !== null) return { kind: 'seen', by: 'dashboard', status: seen }
  const remembered = hausStatus.safeParse(await ports.readRemembered())
  if (!remembered.success) return { kind: 'nothing', why: `${why}, and nothing was written down yet` }
  return { kind: 'last-known', status: toLastKnown(remembered.data, ports.nowMs(), why), why }
}

function readReply(reply: DocumentReply): { readonly haus: HausStatus | null; readonly why: string } {
  if (reply.kind !== 'answered') return { haus: null, why: `The watchdog does not answer: ${reply.why}` }
  const parsed = watchdogStatus.safeParse(reply.document)
  if (!parsed.success) return { haus: null, why: 'Something else answers at the port of the watchdog' }
  if (!parsed.data.ok || parsed.data.haus === null) return { haus: null, why: `The watchdog is not well: ${parsed.data.why}` }
  return { haus: parsed.data.haus, why: '' }
}

async function lookOurselves({ watch, readConfirmed }: StatusPorts, definition: HausDefinition): Promise<HausStatus | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), OWN_LOOK_LATEST_MS)
  })
  const look = async (): Promise<HausStatus> => toHausStatus(definition, await watch.look(definition, OWN_LOOK_MS), await readConfirmed())
  try {
    return await Promise.race([look().catch(() => null), late])
  } finally {
    clearTimeout(timer)
  }
}
