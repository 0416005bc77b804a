import type { Verdict } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { diffVerdicts } from './diff-verdicts.ts'

const is = (verdict: Verdict, confirmed = true) => ({ app: { verdict, why: 'because', cause: null, confirmed } })

test.each<readonly [string, Parameters<typeof diffVerdicts>[0], Parameters<typeof diffVerdicts>[1], number]>([
  ['the same again is no news', is('healthy'), is('healthy'), 0],
  ['another verdict is', is('healthy'), is('failed'), 1],
  ['a first impression is not', {}, is('failed', false), 0],
  ['a first verdict that is sure is', {}, is('failed'), 1],
  ['who is gone has no verdict', is('healthy'), {}, 0],
])('%s', (_, before, after, count) => {
  expect(diffVerdicts(before, after)).toHaveLength(count)
})

test('says from what to what, and why', () => {
  expect(diffVerdicts(is('healthy'), is('failed'))).toEqual([
    { kind: 'verdict-changed', subject: 'app', data: { from: 'healthy', to: 'failed', why: 'because', cause: null, confirmed: true } },
  ])
})
