import {
  apiTokenFile,
  judgeRequest,
  type LocalPolicy,
  readOnlyPolicy,
  routerAdminPolicy,
  routerLimits,
  routerPolicy,
  toLocalRequest,
} from '@sanctum/local-api'
import { describe, expect, test } from 'vitest'

const OURS = '127.0.0.1:8900'
const HOSTS = [OURS, 'localhost:8900', '[::1]:8900']
const open = routerPolicy({ hosts: HOSTS, scheme: 'http', isToken: null })
const guarded = routerPolicy({ hosts: null, scheme: 'https', isToken: (token) => token === 'ours' })

/** What an SDK sends: a key that somebody made up, a length or chunks, and never an Origin. */
const chat = (...more: string[]) =>
  toLocalRequest('POST', '/v1/chat/completions', ['host', OURS, 'content-type', 'application/json', ...more])
const voice = (type: string, ...more: string[]) =>
  toLocalRequest('POST', '/v1/audio/transcriptions', ['host', OURS, 'content-type', type, 'content-length', '9', ...more])

const codeOf = (request: Parameters<typeof judgeRequest>[0], policy: LocalPolicy) => {
  const judged = judgeRequest(request, policy)
  return judged.kind === 'allowed' ? 'allowed' : judged.code
}

describe('on loopback, without a token of its own', () => {
  test.each([
    ['a key that an SDK made up is not looked at', chat('content-length', '2', 'authorization', 'Bearer sk-none'), 'allowed'],
    ['nor is what is no bearer', chat('content-length', '2', 'authorization', 'Basic abc'), 'allowed'],
    ['nobody needs one', chat('content-length', '2'), 'allowed'],
    ['a body in chunks', chat('transfer-encoding', 'chunked'), 'allowed'],
    ['chunks and a length at once', chat('transfer-encoding', 'chunked', 'content-length', '2'), 'length-missing'],
    ['neither', chat(), 'length-missing'],
    ['a long conversation', chat('content-length', String(routerLimits.maxBodyBytes)), 'allowed'],
    ['one that is too long', chat('content-length', String(routerLimits.maxBodyBytes + 1)), 'body-too-large'],
    ['a recording', voice('multipart/form-data; boundary=----x7'), 'allowed'],
    ['a recording with its boundary in quotes', voice('multipart/form-data; boundary="a b"'), 'allowed'],
    ['a recording, its type in capitals', voice('Multipart/Form-Data; boundary=a'), 'allowed'],
    ['a recording without a boundary', voice('multipart/form-data'), 'type-unknown'],
    ['a recording with two', voice('multipart/form-data; boundary=a; boundary=b'), 'type-unknown'],
    ['a form of a page', voice('application/x-www-form-urlencoded'), 'type-unknown'],
    ['a page of another origin', chat('content-length', '2', 'origin', 'http://evil.example'), 'origin-foreign'],
    ['a form of another site', voice('multipart/form-data; boundary=a', 'sec-fetch-site', 'cross-site'), 'site-foreign'],
    ['a name that was pointed here', toLocalRequest('GET', '/v1/models', ['host', 'rebound.example:8900']), 'host-foreign'],
    ['before a page acts', toLocalRequest('OPTIONS', '/v1/chat/completions', ['host', OURS]), 'method-unknown'],
  ])('%s: %#', (_, request, expected) => {
    expect(codeOf(request, open)).toBe(expected)
  })
})

describe('with a token of its own, from elsewhere', () => {
  const from = (...more: string[]) => toLocalRequest('GET', '/v1/models', ['host', 'hub.home.arpa:8900', ...more])

  test.each([
    ['without it', from(), 'token-missing'],
    ['with a key that an SDK made up', from('authorization', 'Bearer sk-none'), 'token-wrong'],
    ['with it', from('authorization', 'Bearer ours'), 'allowed'],
    ['a page of its own', from('authorization', 'Bearer ours', 'origin', 'https://hub.home.arpa:8900'), 'allowed'],
    ['a page that came by http', from('authorization', 'Bearer ours', 'origin', 'http://hub.home.arpa:8900'), 'origin-foreign'],
  ])('%s: %#', (_, request, expected) => {
    expect(codeOf(request, guarded)).toBe(expected)
  })

  test('even its own page needs it', () => {
    expect(codeOf(from('origin', 'https://hub.home.arpa:8900'), guarded)).toBe('token-missing')
  })
})

describe('its administration', () => {
  const policy = routerAdminPolicy(8900, (token) => token === 'haus')

  test('takes the token of the haus on this machine, and nothing less', () => {
    const ask = (host: string, ...more: string[]) =>
      codeOf(toLocalRequest('GET', '/admin/explain?model=x', ['host', host, ...more]), policy)
    expect(ask(OURS)).toBe('token-missing')
    expect(ask(OURS, 'authorization', 'Bearer haus')).toBe('allowed')
    expect(ask('hub.home.arpa:8900', 'authorization', 'Bearer haus')).toBe('host-foreign')
  })
})

test('each server takes its own methods and no others', () => {
  const own = (token: string) => token === 'ours'
  expect(readOnlyPolicy(8900).methods).toEqual(['GET', 'HEAD'])
  expect(routerPolicy({ hosts: HOSTS, scheme: 'http', isToken: own }).methods).toEqual(['GET', 'HEAD', 'POST'])
  expect(routerAdminPolicy(8900, own).methods).toEqual(['GET', 'POST', 'DELETE'])
})

test('a server that is only read knows no token, so none is right', () => {
  const ask = (...more: string[]) => codeOf(toLocalRequest('GET', '/health', ['host', OURS, ...more]), readOnlyPolicy(8900))
  expect(ask()).toBe('allowed')
  expect(ask('authorization', 'Bearer ours')).toBe('token-wrong')
})

test('to judge a request takes a few microseconds', () => {
  const headers = ['host', OURS, 'connection', 'keep-alive', 'user-agent', 'an-sdk/1', 'accept', 'application/json', 'content-type']
  headers.push(
    'application/json',
    'authorization',
    'Bearer sk-none',
    'content-length',
    '812',
    'x-stainless-lang',
    'js',
    'accept-encoding',
    'gzip',
  )
  const judge = () => judgeRequest(toLocalRequest('POST', '/v1/chat/completions', headers), open)
  for (let round = 0; round < 20_000; round++) judge()
  const from = performance.now()
  for (let round = 0; round < 50_000; round++) judge()
  const microseconds = (performance.now() - from) / 50
  // Some two of them on a quiet machine.
  expect(microseconds).toBeLessThan(30)
  process.stdout.write(`judged in ${microseconds.toFixed(2)} µs\n`)
})

test('the token lies in the home, or in a folder of the user where there is none', () => {
  const place = { home: '/home/neo/.sanctum', runtimeFolder: '/run/user/1000/', uid: 1000 }
  expect(apiTokenFile({ ...place, isHomeThere: true })).toBe('/home/neo/.sanctum/secrets/api-token')
  expect(apiTokenFile({ ...place, isHomeThere: false })).toBe('/run/user/1000/sanctum-1000/api-token')
})
