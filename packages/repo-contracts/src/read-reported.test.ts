import { expect, test } from 'vitest'
import type { Replayed } from './judge-answer.ts'
import { readReported } from './read-reported.ts'

const says = (body: string): Replayed => ({ kind: 'answered', status: 200, contentType: null, body })
const one = says('{"revision":"0.8.0+sources.1f"}')

test.each<[string, Replayed, Replayed, object]>([
  ['the same before and after', one, one, { kind: 'said', revision: '0.8.0+sources.1f' }],
  ['another one after', one, says('{"revision":"0.9.0"}'), { kind: 'unsaid', why: '0.8.0+sources.1f answered before and 0.9.0 after it' }],
  ...(
    [says('{"revision":null}'), says('{}'), says('null'), says('no'), says('{"revision":"a b"}'), { kind: 'silent', why: 'gone' }] as const
  ).map((answer): [string, Replayed, Replayed, object] => [
    `nothing: ${'body' in answer ? answer.body : answer.kind}`,
    answer,
    one,
    { kind: 'unsaid', why: 'the service does not say what it was built from' },
  ]),
])('%s', (_name, before, after, reported) => {
  expect(readReported(before, after)).toEqual(reported)
  expect(readReported(after, before).kind).toBe(readReported(before, after).kind)
})
