import { Fault, forgetSecrets, Secret } from '@sanctum/contracts'
import { afterEach, expect, test } from 'vitest'
import { createLog, toErrorFields } from './log.ts'

afterEach(forgetSecrets)

test('one line of JSON for each entry, without any known secret, in whatever field it hides', () => {
  const lines: string[] = []
  const secret = new Secret('token', 'correct horse "battery"')
  const log = createLog(
    'watchdog',
    (line) => lines.push(line),
    () => 0,
  )
  log('warn', 'probe-failed', {
    why: `said ${secret.reveal()}`,
    nested: { [secret.reveal()]: [secret.reveal()] },
    header: 'Bearer abcdefgh12345678',
    lines: 'a\nb',
  })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^[^\n]+\n$/)
  expect(lines[0]).not.toContain('battery')
  expect(lines[0]).not.toContain('abcdefgh')
  expect(JSON.parse(lines[0] as string)).toMatchObject({
    at: '1970-01-01T00:00:00.000Z',
    level: 'warn',
    role: 'watchdog',
    event: 'probe-failed',
    why: 'said [secret:token]',
    lines: 'a\nb',
  })
})

test('a fault keeps its code and its hint', () => {
  expect(toErrorFields(new Fault('UNAVAILABLE', 'port 1 is taken'))).toMatchObject({
    error: 'port 1 is taken',
    code: 'UNAVAILABLE',
    hint: expect.any(String),
  })
  expect(toErrorFields('plain')).toEqual({ error: 'plain' })
})
