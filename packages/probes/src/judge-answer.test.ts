import { describe, expect, test } from 'vitest'
import { type HttpAnswer, judgeAnswer } from './judge-answer.ts'
import type { ProbeOf } from './probe-kind.ts'

type Row = readonly [what: string, probe: Partial<ProbeOf<'http'>>, answer: Partial<HttpAnswer>, expected: string]

const json = 'application/json; charset=utf-8'
const rows: readonly Row[] = [
  ['a plain answer', {}, { body: 'ok' }, 'passed'],
  ['status 204 has no body', {}, { status: 204, body: '' }, 'passed'],
  ['HEAD has no body', { method: 'HEAD' }, { body: '' }, 'passed'],
  ['an empty answer is none', {}, { body: '' }, 'wrong-answer'],
  ['white space is empty', {}, { body: ' \n' }, 'wrong-answer'],
  ['who names the status asks for no body', { status: [200] }, { body: '' }, 'passed'],
  ['but who asks for text wants it', { status: [200], contains: 'x' }, { body: '' }, 'wrong-answer'],
  ['a redirect is not followed', {}, { status: 302, body: 'moved' }, 'wrong-answer'],
  ['a redirect may be what is wanted', { status: [200, 302] }, { status: 302, body: '' }, 'passed'],
  ['status 500', {}, { status: 500, body: 'x' }, 'wrong-answer'],
  ['status 401', {}, { status: 401, body: 'x' }, 'authentication'],
  ['status 403', {}, { status: 403, body: 'x' }, 'authentication'],
  ['status 401 that is asked for', { status: [401] }, { status: 401, body: 'x' }, 'passed'],
  ['contains', { contains: 'content' }, { body: '{"content":"hi"}' }, 'passed'],
  ['contains not', { contains: 'content' }, { body: '{"error":"no model"}' }, 'wrong-answer'],
  ['a JSON value', { json: { path: '/status', equals: 'ok' } }, { body: '{"status":"ok"}' }, 'passed'],
  ['a JSON value without the slash', { json: { path: 'status', equals: 'ok' } }, { body: '{"status":"ok"}' }, 'passed'],
  ['a JSON value in a list', { json: { path: '/a/0/b~1c', equals: 3 } }, { body: '{"a":[{"b/c":3}]}' }, 'passed'],
  ['another JSON value', { json: { path: '/status', equals: 'ok' } }, { body: '{"status":"down"}' }, 'wrong-answer'],
  ['a truthy object is not true', { json: { path: '/ok', equals: true } }, { body: '{"ok":{}}' }, 'wrong-answer'],
  ['text is not a number', { json: { path: '/n', equals: 1 } }, { body: '{"n":"1"}' }, 'wrong-answer'],
  ['a missing value', { json: { path: '/status', equals: 'ok' } }, { body: '{}' }, 'wrong-answer'],
  ['an inherited property is no value', { json: { path: '/constructor/name', equals: 'Object' } }, { body: '{}' }, 'wrong-answer'],
  [
    'HTML where JSON is asked for',
    { json: { path: '/ok', equals: true } },
    { body: '<html></html>', contentType: 'text/html' },
    'wrong-answer',
  ],
  ['HTML where nobody asks for JSON', {}, { body: '<html></html>', contentType: 'text/html' }, 'passed'],
  ['success: false under status 200', {}, { body: '{"success":false}', contentType: json }, 'wrong-answer'],
  ['ok: false under status 200', {}, { body: '{"ok":false}', contentType: json }, 'wrong-answer'],
  ['success: false beside a value that fits', { json: { path: '/n', equals: 1 } }, { body: '{"n":1,"success":false}' }, 'wrong-answer'],
  ['success: false that is asked for', { json: { path: '/success', equals: false } }, { body: '{"success":false}' }, 'passed'],
  ['success: false in plain text', {}, { body: '{"success":false}', contentType: 'text/plain' }, 'passed'],
  ['fresh', { fresh: { path: '/age_s', max_age_s: 30 } }, { body: '{"age_s":30}' }, 'passed'],
  ['not fresh', { fresh: { path: '/age_s', max_age_s: 30 } }, { body: '{"age_s":30.5}' }, 'stale'],
  ['fresh that never was', { fresh: { path: '/age_s', max_age_s: 30 } }, { body: '{"age_s":null}' }, 'stale'],
  ['fresh that is no number', { fresh: { path: '/age_s', max_age_s: 30 } }, { body: '{"age_s":"1"}' }, 'wrong-answer'],
  ['fresh that is missing', { fresh: { path: '/age_s', max_age_s: 30 } }, { body: '{}' }, 'wrong-answer'],
]

describe('judgeAnswer', () => {
  test.each(rows)('%s', (_, probe, answer, expected) => {
    const sight = judgeAnswer(
      { type: 'http', timeout_ms: 1000, interval_s: 1, open_after: 3, close_after: 2, ...probe },
      { status: 200, contentType: null, body: 'ok', ...answer },
    )
    expect(sight.kind === 'failed' ? sight.cause : sight.kind).toBe(expected)
  })

  test('planted fault: a judge of the status alone calls these green', () => {
    const byStatusAlone = ({ status }: HttpAnswer): string => (status === 200 ? 'passed' : 'failed')
    const lies = rows.filter(
      ([, , answer, expected]) =>
        expected !== 'passed' && byStatusAlone({ status: 200, contentType: null, body: '', ...answer }) === 'passed',
    )
    expect(lies.length).toBeGreaterThan(12)
  })
})

describe('what else an answer may have to be', () => {
  const day = 86_400_000
  const answer = {
    status: 200,
    contentType: null,
    body: 'a\nversion 1.2',
    headers: { server: 'caddy', 'set-cookie': ['a=1', 'b=2'] },
    tookMs: 300,
  }
  test.each<readonly [string, Partial<ProbeOf<'http'>>, object, string]>([
    ['a pattern that fits', { matches: '^version \\d' }, {}, 'passed'],
    ['one that does not', { matches: '^version 2' }, {}, 'wrong-answer'],
    ['a header', { answer_headers: { Server: 'caddy' } }, {}, 'passed'],
    ['one of several', { answer_headers: { 'Set-Cookie': 'b=' } }, {}, 'passed'],
    ['a header that says something else', { answer_headers: { server: 'nginx' } }, {}, 'wrong-answer'],
    ['a header that is not there', { answer_headers: { etag: '' } }, {}, 'wrong-answer'],
    ['fast enough', { max_latency_ms: 300 }, {}, 'passed'],
    ['too slow', { max_latency_ms: 299 }, {}, 'timeout'],
    ['a certificate for long', { min_certificate_days: 14 }, { certificateMs: 14 * day }, 'passed'],
    ['a certificate that ends soon', { min_certificate_days: 14 }, { certificateMs: 14 * day - 1 }, 'exhausted'],
    ['no certificate to look at', { min_certificate_days: 14 }, {}, 'could-not-check'],
    ['a wrong answer counts more than a slow one', { matches: 'x', max_latency_ms: 1 }, {}, 'wrong-answer'],
  ])('%s', (_, given, seen, expected) => {
    const pace = { timeout_ms: 1000, interval_s: 1, open_after: 3, close_after: 2 }
    const sight = judgeAnswer({ type: 'http', ...pace, ...given }, { ...answer, ...seen })
    expect(sight.kind === 'failed' ? sight.cause : sight.kind, sight.detail).toBe(expected)
  })
})
