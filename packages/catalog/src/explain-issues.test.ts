import { describe, expect, it } from 'vitest'
import { parseDocument } from './parse-document.ts'

function explain(probe: string): string[] {
  const text = `services:\n  voice-agent:\n    kind: daemon\n    tier: ops\n    run: { command: [a] }\n    ${probe}\n`
  return parseDocument(text, { file: 'a.yaml', kind: 'catalog' }).findings.map(
    ({ code, at, message, fix }) => `${code} ${at?.line}:${at?.column} ${message} ${fix?.text}`,
  )
}

describe('the branch of a union that was meant', () => {
  it.each([
    [
      'health: { liveness: { type: tcp, prot: 1 } }',
      'UNKNOWN_KEY 6:38 "prot" is no key of services.voice-agent.health.liveness. Did you mean port?',
    ],
    [
      'health: { liveness: { type: file, path: /x } }',
      'MISSING_KEY 6:15 services.voice-agent.health.liveness has no max_age_s. Add max_age_s: a number.',
    ],
    ['health: { liveness: http }', 'WRONG_TYPE 6:25 liveness is the text "http", but must be a map. Write a map.'],
    ['requires: [{ servce: a }]', 'UNKNOWN_KEY 6:18 "servce" is no key of services.voice-agent.requires.0. Did you mean service?'],
    ['requires_: []', 'UNKNOWN_KEY 6:5 "requires_" is no key of services.voice-agent. Did you mean requires?'],
    // As other programs have it. The fix can be typed as it stands.
    ['depends_on: [b]', 'UNKNOWN_KEY 6:5 "depends_on" is no key of services.voice-agent. Write requires instead.'],
    ['schedule: { interval_s: 60 }', 'UNKNOWN_KEY 6:17 "interval_s" is no key of services.voice-agent.schedule. Write every_s instead.'],
    ['schedule: { interval_s: 60 }', 'MISSING_KEY 6:5 schedule has neither every_s nor at. Add every_s or at.'],
    ['restart: always', 'WRONG_TYPE 6:14 restart is the text "always", but must be a map. Write { when: always }.'],
    ['sandbox: none', 'WRONG_TYPE 6:14 sandbox is the text "none", but must be a map. Write { level: none }.'],
    ['health: python3 -m check', 'WRONG_TYPE 6:13 health is the text "python3 -m check", but must be a map. Write a map.'],
    ['stop: gently', 'WRONG_TYPE 6:11 stop is the text "gently", but must be a map. Write a map.'],
    [
      'health: { liveness: { type: command, command: test -d /x } }',
      'WRONG_TYPE 6:51 command is the text "test -d /x", but must be a list. Write a list: [test, -d, /x].',
    ],
    ['schedule: { every_s: 0 }', 'OUT_OF_RANGE 6:26 every_s is 0, which is too small. Use 1 or more.'],
    ['schedule: { at: [{ hour: 25 }] }', 'OUT_OF_RANGE 6:30 hour is 25, which is too large. Use 23 or less.'],
    [
      'settings: { a: { b: 1 } }',
      'WRONG_TYPE 6:17 a is a map, but must be text, a number, true or false or a list. Write text, a number, true or false or a list.',
    ],
  ])('%s', (probe, expected) => {
    expect(explain(probe)).toContain(expected)
  })

  it('reports every mistake of one service at once', () => {
    expect(
      explain('on: { types: [hubb], os: [macos] }\n    restart: { when: allways, delay_s: soon }').map((line) => line.split(' ')[0]),
    ).toEqual(['UNKNOWN_VALUE', 'UNKNOWN_VALUE', 'UNKNOWN_VALUE', 'WRONG_TYPE'])
  })
})
