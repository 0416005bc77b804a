import type { AttemptFailure } from '../request/attempt-failure.ts'

type Cause = AttemptFailure['cause']

const causes: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENOENT: 'unreachable',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'cut',
  UND_ERR_HEADERS_OVERFLOW: 'malformed',
  EPROTO: 'tls',
}

/** What an error of the connection means for the attempt that it ended. The words of the error are not passed on: they may quote anything. */
export function causeOfError(error: Error, phase: AttemptFailure['phase'] | 'over'): { readonly cause: Cause; readonly message: string } {
  const code = codeOf(error)
  const cause = causes[code] ?? guess(code)
  // Once an answer has begun, a connection that dies has cut it.
  const seen = cause === 'reset' && (phase === 'holding' || phase === 'committed') ? 'cut' : cause
  return { cause: seen, message: code === '' ? 'its connection failed' : `its connection failed with ${code}` }
}

function codeOf(error: Error): string {
  const { code, errors } = error as { code?: unknown; errors?: unknown }
  if (typeof code === 'string' && code !== '') return code
  // One for each address that was tried.
  if (Array.isArray(errors) && errors[0] instanceof Error) return codeOf(errors[0])
  return error.cause instanceof Error ? codeOf(error.cause) : ''
}

function guess(code: string): Cause {
  if (code.startsWith('HPE_')) return 'malformed'
  if (/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_|SELF_|UNABLE_|HOSTNAME_|INVALID_CA|CRL_)/.test(code)) return 'tls'
  return 'reset'
}
