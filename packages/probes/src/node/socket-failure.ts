import type { FailureCause } from '@sanctum/contracts'
import type { Sight } from '../judge-answer.ts'

/** What an error of a socket says about the other side, or that it says something about us instead. */
export function toSocketFailure(error: unknown): Sight {
  const code = codeOf(error)
  if (code === null) return { kind: 'failed', cause: 'transport', detail: error instanceof Error ? error.message : String(error) }
  if (ours.has(code)) return { kind: 'could-not-check', detail: `this machine could not ask: ${code}` }
  const known = meanings[code] ?? meaningOfFamily(code)
  return { kind: 'failed', cause: known.cause, detail: `${known.detail} (${code})` }
}

/** Errors of our own machine: too few descriptors or ports, no name server, no network. */
const ours: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ENETDOWN',
  'ENETUNREACH',
  'EACCES',
  'EPERM',
])

interface Meaning {
  readonly cause: FailureCause
  readonly detail: string
}

const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: { cause: 'transport', detail: 'nobody listens' },
  ECONNRESET: { cause: 'transport', detail: 'it hung up without an answer' },
  EPIPE: { cause: 'transport', detail: 'it hung up without an answer' },
  EHOSTUNREACH: { cause: 'transport', detail: 'no way to the host' },
  EHOSTDOWN: { cause: 'transport', detail: 'the host is down' },
  ETIMEDOUT: { cause: 'timeout', detail: 'no connection' },
  ENOTFOUND: { cause: 'transport', detail: 'its name is unknown' },
  EPROTO: { cause: 'transport', detail: 'it does not speak TLS' },
  HPE_HEADER_OVERFLOW: { cause: 'wrong-answer', detail: 'its headers are larger than 16 KiB' },
}

function meaningOfFamily(code: string): Meaning {
  if (code.startsWith('HPE_')) return { cause: 'wrong-answer', detail: 'it does not speak HTTP' }
  if (isTrust(code)) return { cause: 'authentication', detail: 'the two do not trust each other' }
  return { cause: 'transport', detail: 'the connection failed' }
}

/** The codes of OpenSSL and Node about certificates, and the alerts by which a server refuses ours. */
function isTrust(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ALTNAME|ERR_SSL_.*(ALERT|UNKNOWN_CA|HANDSHAKE_FAILURE)/.test(code)
}

function codeOf(error: unknown): string | null {
  // Every address of a name failed; the first says as much as any.
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}
