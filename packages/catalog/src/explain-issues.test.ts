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
