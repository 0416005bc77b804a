import type { BodyType, LocalPolicy } from './local-policy.ts'
import type { LocalRequest } from './local-request.ts'

export type RequestJudgement =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly status: RefusalStatus; readonly code: RefusalCode; readonly why: string }

/** Why a request is refused: what it gets as status, and the sentence beside it. None of them repeats what was sent. */
export const refusals = {
  'target-foreign': { status: 400, why: 'The request names a target that is no path.' },
  'host-missing': { status: 400, why: 'The request has no Host.' },
  'host-duplicate': { status: 400, why: 'The request has more than one Host.' },
  'host-foreign': { status: 403, why: 'The Host of the request is not one of this server.' },
  'method-unknown': { status: 405, why: 'This address does not take that method.' },
  'header-duplicate': { status: 400, why: 'The request has a header twice that may stand once.' },
  'origin-foreign': { status: 403, why: 'The request comes from a page of another origin.' },
  'site-foreign': { status: 403, why: 'The request comes from a page of another site.' },
  'token-missing': { status: 401, why: 'This needs a bearer token.' },
  'token-wrong': { status: 401, why: 'The bearer token is not valid here.' },
  'type-not-json': { status: 415, why: 'The body must be application/json.' },
  'type-unknown': { status: 415, why: 'The body must be application/json or multipart/form-data.' },
  'length-missing': { status: 411, why: 'The length of the body must be given.' },
  'length-invalid': { status: 400, why: 'The length of the body is no number.' },
  'body-unexpected': { status: 400, why: 'This method takes no body.' },
  'body-too-large': { status: 413, why: 'The body is too large.' },
} as const satisfies Record<string, { status: number; why: string }>

export type RefusalCode = keyof typeof refusals
export type RefusalStatus = (typeof refusals)[RefusalCode]['status']

type Rule = (request: LocalRequest, policy: LocalPolicy) => RefusalCode | null

/**
 * Whether a local server may answer a request at all. A loopback port is open to every page in the browser of its
 * user: a page whose name was rebound to 127.0.0.1 shows in Host, a page of another origin in Origin and Sec-Fetch-Site.
 * The same rules hold on every route, health included.
 */
export function judgeRequest(request: LocalRequest, policy: LocalPolicy): RequestJudgement {
  for (const rule of rules) {
    const code = rule(request, policy)
    if (code !== null) return { kind: 'refused', code, ...refusals[code] }
  }
  return { kind: 'allowed' }
}

const rules: readonly Rule[] = [judgeTarget, judgeHost, judgeMethod, judgeDuplicates, judgeOrigin, judgeSite, judgeToken, judgeBody]

function judgeTarget({ target }: LocalRequest): RefusalCode | null {
  return target.startsWith('/') ? null : 'target-foreign'
}

function judgeHost({ host }: LocalRequest, policy: LocalPolicy): RefusalCode | null {
  const [only, ...more] = host
  if (only === undefined || only === '') return 'host-missing'
  if (more.length > 0) return 'host-duplicate'
  return policy.hosts === null || policy.hosts.includes(only.toLowerCase()) ? null : 'host-foreign'
}

function judgeMethod({ method }: LocalRequest, policy: LocalPolicy): RefusalCode | null {
  return policy.methods.includes(method) ? null : 'method-unknown'
}

function judgeDuplicates({ origin, fetchSite, contentType, authorization, contentLength }: LocalRequest): RefusalCode | null {
  const isTwice =
    origin.length > 1 || fetchSite.length > 1 || contentType.length > 1 || authorization.length > 1 || contentLength.length > 1
  return isTwice ? 'header-duplicate' : null
}

/** Absent: no page sent it, or a page of our own read something. Ours: fine. Anything else, `null` too, is another's. */
function judgeOrigin({ origin: [origin], host: [host] }: LocalRequest, { scheme = 'http' }: LocalPolicy): RefusalCode | null {
  if (origin === undefined) return null
  return origin.toLowerCase() === `${scheme}://${host?.toLowerCase()}` ? null : 'origin-foreign'
}

function judgeSite({ method, fetchSite: [site] }: LocalRequest): RefusalCode | null {
  if (isSafe(method) || site === undefined) return null
  return site === 'same-origin' || site === 'none' ? null : 'site-foreign'
}

function judgeToken({ method, origin: [origin], authorization: [authorization] }: LocalRequest, policy: LocalPolicy): RefusalCode | null {
  if (policy.needsToken === 'never') return null
  // What acts without a page behind it must show who it is: any program of any user can reach a loopback port.
  const isNeeded = policy.needsToken || (!isSafe(method) && origin === undefined)
  if (authorization === undefined) return isNeeded ? 'token-missing' : null
  const token = /^bearer ([A-Za-z0-9._~+/=-]{1,512})$/i.exec(authorization)?.[1]
  return token !== undefined && policy.isToken(token) ? null : 'token-wrong'
}

function judgeBody(request: LocalRequest, policy: LocalPolicy): RefusalCode | null {
  const [length] = request.contentLength
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return 'length-invalid'
  if (isSafe(request.method)) return Number(length ?? 0) > 0 || request.isChunked ? 'body-unexpected' : null
  const types = policy.bodyTypes ?? onlyJson
  if (!types.some((type) => bodyTypes[type].test(request.contentType[0] ?? ''))) return types.length > 1 ? 'type-unknown' : 'type-not-json'
  // Both at once is how a request is smuggled past whoever reads only one of them.
  if (request.isChunked) return policy.takesChunks === true && length === undefined ? null : 'length-missing'
  if (length === undefined) return 'length-missing'
  return Number(length) > policy.maxBodyBytes ? 'body-too-large' : null
}

const onlyJson: readonly BodyType[] = ['json']

const bodyTypes: Readonly<Record<BodyType, RegExp>> = {
  json: /^application\/json(\s*;\s*charset="?utf-8"?)?\s*$/i,
  multipart: /^multipart\/form-data\s*;\s*boundary=("[^"\r\n]{1,70}"|[^\s";,]{1,70})\s*$/i,
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
