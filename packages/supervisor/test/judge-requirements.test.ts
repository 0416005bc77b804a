import { createLife, judgeRequirements, type UnitLife, type UnitPhase } from '@sanctum/supervisor'
import { describe, expect, it } from 'vitest'
import { buildUnit } from './embedded-fixture.ts'

const process = {
  incarnation: 'i',
  pid: 1,
  startTime: '1',
  startedAtMs: 0,
  startedUpMs: 0,
  digest: null,
  startedAs: null,
  stop: { signal: 'SIGTERM', timeout_s: 1 },
}
const phases = {
  running: { at: 'running', process },
  starting: { at: 'starting', process, deadlineUpMs: 1 },
  stopped: { at: 'down', as: 'stopped', held: false },
  failed: { at: 'down', as: 'failed', held: true },
  completed: { at: 'down', as: 'completed', held: true },
  'backing-off': { at: 'backing-off', untilUpMs: 1 },
} as const satisfies Record<string, UnitPhase>

function life(service: string, phase: keyof typeof phases, definition: Parameters<typeof buildUnit>[1] = {}, up = true): UnitLife {
  const wanted = { known: true, up, restartSeq: 0, reloadSeq: 0 }
  return { ...createLife(service, 0), definition: buildUnit(service, definition), wanted, phase: phases[phase], why: `is ${phase}` }
}

function gate(strength: 'hard' | 'soft', required: UnitLife | null) {
  const agent = life('agent', 'stopped', { requires: [{ service: 'server', strength, running: true }] })
  const units = new Map([['agent', agent], ...(required === null ? [] : [['server', required] as const])])
  return judgeRequirements('agent', units, new Set())
}

const shut = (why: string) => ({ open: false, why })
const open = { open: true }

describe('judgeRequirements', () => {
  it.each([
    ['hard, running', 'hard', life('server', 'running'), open],
    ['hard, starting', 'hard', life('server', 'starting'), shut('waits for server: is starting')],
    ['hard, given up', 'hard', life('server', 'failed'), shut('waits for server: is failed')],
    ['hard, stopped by a person', 'hard', life('server', 'stopped', {}, false), shut('waits for server, which is not wanted up')],
    ['hard, unknown', 'hard', null, shut('waits for server, which no generation describes')],
    ['hard, a one-shot that runs', 'hard', life('server', 'running', { kind: 'oneshot' }), shut('waits for server: is running')],
    ['hard, a one-shot that is done', 'hard', life('server', 'completed', { kind: 'oneshot' }), open],
    ['hard, periodic', 'hard', life('server', 'stopped', { kind: 'periodic' }), open],
    ['soft, running', 'soft', life('server', 'running'), open],
    ['soft, starting', 'soft', life('server', 'starting'), shut('waits until server has had its chance: is starting')],
    ['soft, not begun', 'soft', life('server', 'stopped'), shut('waits until server has had its chance: is stopped')],
    ['soft, given up', 'soft', life('server', 'failed'), open],
    ['soft, backing off', 'soft', life('server', 'backing-off'), open],
    ['soft, stopped by a person', 'soft', life('server', 'stopped', {}, false), open],
    ['soft, unknown', 'soft', null, open],
  ] as const)('%s', (_name, strength, required, expected) => {
    expect(gate(strength, required)).toEqual(expected)
  })

  it('does not let two wait for each other softly, and asks nothing of what is not supervised', () => {
    const server = life('server', 'stopped', { requires: [{ service: 'agent', strength: 'soft', running: true }] })
    expect(gate('soft', server)).toEqual(open)
    const agent = life('agent', 'stopped', { requires: [{ service: 'watchdog', strength: 'hard', running: true }] })
    expect(judgeRequirements('agent', new Map([['agent', agent]]), new Set(['watchdog']))).toEqual(open)
  })
})
