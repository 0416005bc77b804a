import { inspect } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { forgetSecrets, scrub } from './scrub.ts'
import { Secret } from './secret.ts'

afterEach(forgetSecrets)

const value = 'hunter2-hunter2'

/** Every way in which an object becomes text by accident. */
const sinks: Readonly<Record<string, (secret: unknown) => string>> = {
  template: (secret) => `${secret}`,
  concatenation: (secret) => ['a', secret].join(' '),
  JSON: (secret) => JSON.stringify({ secret }),
  inspect: (secret) => inspect({ secret }, { showHidden: true, depth: 9 }),
  keys: (secret) => JSON.stringify(Object.entries(secret as object)),
  error: (secret) => String(new Error(`no ${secret}`).stack),
}

it.each(Object.entries(sinks))('a secret does not leak by %s', (_, sink) => {
  expect(sink(new Secret('bridge', value))).not.toContain(value)
  expect(sink({ value })).toSatisfy((text: string) => text.includes(value) || text.includes('[object Object]'))
})

it('gives its value only when asked, and teaches the scrubber', () => {
  const secret = new Secret('bridge', value)
  expect(secret.reveal()).toBe(value)
  expect(scrub(`leaked ${value}`)).toBe('leaked [secret:bridge]')
})
