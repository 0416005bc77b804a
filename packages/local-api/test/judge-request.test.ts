import {
  judgeRequest,
  type LocalPolicy,
  type LocalRequest,
  loopbackHosts,
  type RefusalCode,
  readOnlyPolicy,
  refusals,
  toLocalRequest,
} from '@sanctum/local-api'
import { describe, expect, test } from 'vitest'

const OURS = '127.0.0.1:2187'
const TOKEN = 'a-token'
const acting: LocalPolicy = { ...readOnlyPolicy(2187), methods: ['GET', 'HEAD', 'POST'], isToken: (token) => token === TOKEN }

/** One dimension of the matrix: a header by name, with the values that are tried. Null: absent. */
const dimensions = {
  route: ['/health', '/status'],
  method: ['GET', 'HEAD', 'POST', 'OPTIONS'],
  host: [[OURS], ['localhost:2187'], ['[::1]:2187'], ['evil.example:2187'], ['127.0.0.1'], ['127.0.0.1:2188'], [], [OURS, OURS]],
  origin: [null, `http://${OURS}`, 'http://evil.example', 'null', 'https://127.0.0.1:2187'],
  site: [null, 'same-origin', 'none', 'same-site', 'cross-site'],
  type: [null, 'application/json', 'text/plain'],
  token: [null, TOKEN, 'another'],
} as const

interface Cell {
  readonly route: string
  readonly method: string
  readonly host: readonly string[]
  readonly origin: string | null
  readonly site: string | null
  readonly type: string | null
  readonly token: string | null
}

/**
 * What is allowed, written down by itself and not by the rules of the code: these and no other combinations. `any`
 * stands for every value of the dimension.
 */
const allowedSets: readonly Partial<Record<keyof Cell, readonly (string | null)[]>>[] = [
  // Somebody on this machine reads: curl, doctor, another role.
  { method: ['GET', 'HEAD'], host: [OURS, 'localhost:2187', '[::1]:2187'], origin: [null], token: [null, TOKEN] },
  // Our own page reads. Its origin is the very host that it asks.
  { method: ['GET', 'HEAD'], host: [OURS], origin: [`http://${OURS}`], token: [null, TOKEN] },
  // A program of this machine acts, and shows its token.
  {
    method: ['POST'],
    host: [OURS, 'localhost:2187', '[::1]:2187'],
    origin: [null],
    site: [null, 'same-origin', 'none'],
    type: ['application/json'],
    token: [TOKEN],
  },
  // Our own page acts.
  {
    method: ['POST'],
    host: [OURS],
    origin: [`http://${OURS}`],
    site: [null, 'same-origin', 'none'],
    type: ['application/json'],
    token: [null, TOKEN],
  },
]

function isExpected(cell: Cell): boolean {
  return allowedSets.some((set) =>
    Object.entries(set).every(([name, values]) =>
      values.includes(name === 'host' ? cell.host.join() : (cell[name as keyof Cell] as string | null)),
    ),
  )
}

function* cells(): Generator<Cell> {
  for (const route of dimensions.route)
    for (const method of dimensions.method)
      for (const host of dimensions.host)
        for (const origin of dimensions.origin)
          for (const site of dimensions.site)
            for (const type of dimensions.type)
              for (const token of dimensions.token) yield { route, method, host, origin, site, type, token }
}

function toRequest({ route, method, host, origin, site, type, token }: Cell): LocalRequest {
  const headers = [...host.flatMap((value) => ['Host', value])]
  if (origin !== null) headers.push('Origin', origin)
  if (site !== null) headers.push('Sec-Fetch-Site', site)
  if (type !== null) headers.push('Content-Type', type)
  if (token !== null) headers.push('Authorization', `Bearer ${token}`)
  if (method === 'POST') headers.push('Content-Length', '2')
  return toLocalRequest(method, route, headers)
}

type Judge = (request: LocalRequest, policy: LocalPolicy) => { readonly kind: string }

/** The cells in which a judge does not say what is expected. */
function disagreements(judge: Judge): Cell[] {
  return [...cells()].filter((cell) => (judge(toRequest(cell), acting).kind === 'allowed') !== isExpected(cell))
}

describe('the matrix', () => {
  test('exactly the expected combinations are allowed, on every route', () => {
    const all = [...cells()]
    expect(all.length).toBe(14_400)
    // Routes, methods, hosts, origins, sites, types, tokens of each set, counted by hand.
    const counted = 2 * 2 * 3 * 1 * 5 * 3 * 2 + 2 * 2 * 1 * 1 * 5 * 3 * 2 + 2 * 1 * 3 * 1 * 3 * 1 * 1 + 2 * 1 * 1 * 1 * 3 * 1 * 2
    expect(all.filter(isExpected).length).toBe(counted)
    expect(disagreements(judgeRequest)).toEqual([])
  })

  const skipHostOnHealth: Judge = (request, policy) =>
    judgeRequest(request.target === '/health' ? { ...request, host: [OURS] } : request, policy)
  const takeNullOrigin: Judge = (request, policy) =>
    judgeRequest(request.origin[0] === 'null' ? { ...request, origin: [] } : request, policy)
  const takeAnyPort: Judge = (request, policy) =>
    judgeRequest({ ...request, host: request.host.map((host) => (host.startsWith('127.0.0.1') ? OURS : host)) }, policy)
  const takeFirstHost: Judge = (request, policy) => judgeRequest({ ...request, host: request.host.slice(0, 1) }, policy)
  const skipSite: Judge = (request, policy) => judgeRequest({ ...request, fetchSite: [] }, policy)
  const skipType: Judge = (request, policy) => judgeRequest({ ...request, contentType: ['application/json'] }, policy)
  const takeAnyToken: Judge = (request, policy) => judgeRequest(request, { ...policy, isToken: () => true })
  const needNoToken: Judge = (request, policy) =>
    judgeRequest(request.authorization.length === 0 ? { ...request, authorization: [`Bearer ${TOKEN}`] } : request, policy)

  test.each(
    Object.entries({ skipHostOnHealth, takeNullOrigin, takeAnyPort, takeFirstHost, skipSite, skipType, takeAnyToken, needNoToken }),
  )('planted fault: it catches %s', (_, judge) => {
    expect(disagreements(judge).length).toBeGreaterThan(0)
  })
})

/** Names and values in turn, after a Host that is ours. */
const send = (method: string, ...headers: string[]) => toLocalRequest(method, '/check', ['Host', OURS, ...headers])
const post = (...headers: string[]) => send('POST', 'Authorization', `Bearer ${TOKEN}`, ...headers)
const postJson = (...headers: string[]) => post('Content-Type', 'application/json', ...headers)

const refused: readonly (readonly [RefusalCode, LocalRequest, Partial<LocalPolicy>?])[] = [
  ['target-foreign', toLocalRequest('GET', 'http://evil.example/', ['Host', OURS])],
  ['target-foreign', toLocalRequest('GET', '*', ['Host', OURS])],
  ['host-missing', toLocalRequest('GET', '/health', [])],
  ['host-missing', toLocalRequest('GET', '/health', ['Host', ''])],
  ['host-duplicate', toLocalRequest('GET', '/health', ['Host', OURS, 'host', 'evil.example'])],
  ['host-foreign', toLocalRequest('GET', '/health', ['Host', 'rebound.example:2187'])],
  ['host-foreign', toLocalRequest('GET', '/health', ['Host', 'localhost.:2187'])],
  ['host-foreign', toLocalRequest('GET', '/health', ['Host', `${OURS}, evil.example`])],
  ['host-foreign', toLocalRequest('GET', '/health', ['Host', `user@${OURS}`])],
  ['host-foreign', toLocalRequest('GET', '/health', ['Host', '127.0.0.1:02187'])],
  ['host-foreign', toLocalRequest('GET', '/health', ['Host', '2130706433:2187'])],
  ['host-foreign', toLocalRequest('GET', '/health', ['Host', '0.0.0.0:2187'])],
  ['method-unknown', send('OPTIONS', 'Origin', `http://${OURS}`, 'Access-Control-Request-Method', 'POST')],
  ['method-unknown', send('TRACE')],
  ['method-unknown', send('get')],
  ['method-unknown', send('DELETE')],
  ['header-duplicate', send('GET', 'Origin', `http://${OURS}`, 'Origin', 'http://evil.example')],
  ['header-duplicate', postJson('Content-Length', '2', 'Content-Length', '3')],
  ['header-duplicate', postJson('Content-Length', '2', 'Sec-Fetch-Site', 'same-origin', 'Sec-Fetch-Site', 'cross-site')],
  ['header-duplicate', postJson('Content-Length', '2', 'Content-Type', 'text/plain')],
  ['header-duplicate', postJson('Content-Length', '2', 'Authorization', 'Bearer another')],
  ['origin-foreign', send('GET', 'Origin', 'null')],
  ['origin-foreign', send('GET', 'Origin', '')],
  ['origin-foreign', send('GET', 'Origin', 'http://localhost:2187')],
  ['origin-foreign', send('GET', 'Origin', `http://${OURS}.evil.example`)],
  ['origin-foreign', send('GET', 'Origin', `http://${OURS}/`)],
  ['site-foreign', postJson('Content-Length', '2', 'Sec-Fetch-Site', 'cross-site')],
  ['site-foreign', postJson('Content-Length', '2', 'Sec-Fetch-Site', 'same-site')],
  ['site-foreign', postJson('Content-Length', '2', 'Sec-Fetch-Site', '')],
  ['token-missing', send('POST', 'Content-Type', 'application/json', 'Content-Length', '2')],
  ['token-missing', send('GET'), { needsToken: true }],
  ['token-missing', send('GET', 'Origin', `http://${OURS}`), { needsToken: true }],
  ['token-wrong', send('GET', 'Authorization', 'Bearer another')],
  ['token-wrong', send('GET', 'Authorization', `Basic ${TOKEN}`)],
  ['token-wrong', send('GET', 'Authorization', 'Bearer ')],
  ['token-wrong', send('GET', 'Authorization', `Basic ${TOKEN}`), { isToken: () => true }],
  ['token-wrong', send('GET', 'Authorization', `Digest Bearer ${TOKEN}`)],
  ['token-wrong', send('GET', 'Authorization', `Bearer ${TOKEN}, Bearer another`)],
  ['type-not-json', post('Content-Length', '2')],
  ['type-not-json', post('Content-Length', '2', 'Content-Type', 'text/plain;application/json')],
  ['type-not-json', post('Content-Length', '2', 'Content-Type', 'application/json-patch+json')],
  ['type-unknown', post('Content-Length', '2', 'Content-Type', 'text/plain'), { bodyTypes: ['json', 'multipart'] }],
  [
    'type-unknown',
    post('Content-Length', '2', 'Content-Type', 'text/plain; multipart/form-data; boundary=a'),
    { bodyTypes: ['json', 'multipart'] },
  ],
  ['length-missing', postJson()],
  ['length-missing', postJson('Transfer-Encoding', 'chunked')],
  ['length-missing', postJson('Content-Length', '2', 'Transfer-Encoding', 'chunked')],
  ['length-invalid', postJson('Content-Length', '-1')],
  ['length-invalid', postJson('Content-Length', '+2')],
  ['length-invalid', postJson('Content-Length', '0x10')],
  ['body-unexpected', send('GET', 'Content-Length', '1')],
  ['body-unexpected', send('GET', 'Transfer-Encoding', 'chunked')],
  ['body-too-large', postJson('Content-Length', String(1024 * 1024 + 1))],
]

/** What a program on the other side acts upon: 401 asks for a token, 411 for a length; the rest it cannot mend. */
const statuses: Readonly<Record<RefusalCode, number>> = {
  'target-foreign': 400,
  'host-missing': 400,
  'host-duplicate': 400,
  'host-foreign': 403,
  'method-unknown': 405,
  'header-duplicate': 400,
  'origin-foreign': 403,
  'site-foreign': 403,
  'token-missing': 401,
  'token-wrong': 401,
  'type-not-json': 415,
  'type-unknown': 415,
  'length-missing': 411,
  'length-invalid': 400,
  'body-unexpected': 400,
  'body-too-large': 413,
}

describe('refusals', () => {
  test.each(refused.map(([code, request, policy]) => ({ code, request, policy: { ...acting, ...policy } })))(
    '$code',
    ({ code, request, policy }) => {
      expect(judgeRequest(request, policy)).toEqual({ kind: 'refused', code, status: statuses[code], why: refusals[code].why })
    },
  )

  test('every code has a case', () => {
    expect([...new Set(refused.map(([code]) => code))].sort()).toEqual(Object.keys(refusals).sort())
  })

  test('none repeats what was sent', () => {
    for (const [, request, policy = {}] of refused) {
      const text = JSON.stringify(judgeRequest(request, { ...acting, ...policy }))
      expect(text).not.toMatch(/evil|a-token|example/)
    }
  })
})

test.each([
  send('GET'),
  send('HEAD', 'Content-Length', '0'),
  toLocalRequest('GET', '/', ['HOST', 'LocalHost:2187', 'Sec-Fetch-Site', 'cross-site']),
  postJson('Content-Length', String(1024 * 1024)),
  post('Content-Length', '0', 'Content-Type', 'application/json; charset=utf-8'),
  post('Content-Length', '0', 'Content-Type', 'Application/JSON'),
  toLocalRequest('GET', '/', ['Host', 'LocalHost:2187', 'Origin', 'http://localhost:2187']),
  toLocalRequest('GET', '/', ['Host', 'localhost:2187', 'Origin', 'HTTP://LocalHost:2187']),
])('allowed: %j', (request) => {
  expect(judgeRequest(request, acting)).toEqual({ kind: 'allowed' })
})

test('loopback has three names, each with its port', () => {
  expect(loopbackHosts(1111)).toEqual(['127.0.0.1:1111', 'localhost:1111', '[::1]:1111'])
})

// Once anybody in the network could send a notification to the household. tools/prove/incident-wall
test.each(['192.168.1.10:4077', '10.10.10.1:4077', 'hub.local:4077', '100.64.0.1:4077'])('who was asked as %s is refused', (host) => {
  const asked = toLocalRequest('POST', '/notify', ['Host', host, 'Content-Type', 'application/json', 'Content-Length', '2'])
  expect(judgeRequest(asked, { ...acting, hosts: loopbackHosts(4077) })).toMatchObject({
    kind: 'refused',
    status: 403,
    code: 'host-foreign',
  })
})
