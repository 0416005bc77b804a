import type { EmbeddedUnit } from '@sanctum/contracts'
import { fromLive, processOf, toActivity, toLive } from '@sanctum/supervisor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildUnit, someReadiness } from './embedded-fixture.ts'
import { createSimulatedMachine, type SimulatedMachine } from './simulated-machine.ts'

/** The reference: only what was asked, and what the unit may do by itself. */
interface Reference {
  up: boolean
  described: boolean
  gateOpen: boolean
  /** Since it was last asked for: it may have been given up or have ended for good. */
  mayRest: boolean
}

type Command = fc.Command<Reference, SimulatedMachine>

const SEQUENCES = Number(process.env['SANCTUM_SEQUENCES'] ?? 3000)

const definitions: readonly EmbeddedUnit[] = [
  buildUnit('always'),
  buildUnit('ready', { readiness: someReadiness, start_timeout_s: 5, stop: { signal: 'SIGINT', timeout_s: 2 } }),
  buildUnit('failing', { restart: { when: 'on-failure', delay_s: 0.5, max_delay_s: 4, limit: { starts: 3, window_s: 20 } } }),
  buildUnit('never', { restart: { when: 'never', delay_s: 1, max_delay_s: 1, limit: { starts: 1, window_s: 10 } } }),
  buildUnit('oneshot', {
    kind: 'oneshot',
    restart: { when: 'on-failure', delay_s: 1, max_delay_s: 2, limit: { starts: 2, window_s: 30 } },
  }),
  buildUnit('periodic', { kind: 'periodic', schedule: { every_s: 30, at_load: true }, reload_signal: 'SIGHUP' }),
]

describe('an embedded unit under any sequence of requests, crashes and deaths of its supervisor', () => {
  it.each(definitions)('$service holds its promises', (definition) => {
    fc.assert(
      fc.property(fc.commands(commands(), { size: 'medium', maxCommands: 40 }), (sequence) => {
        const machine = createSimulatedMachine(definition)
        const reference: Reference = { up: false, described: true, gateOpen: true, mayRest: true }
        fc.modelRun(() => ({ model: reference, real: machine }), sequence)
        expectItComesRight(machine, reference)
      }),
      { numRuns: Math.ceil(SEQUENCES / definitions.length) },
    )
  })

  it('notices a supervisor that starts twice', () => {
    const machine = createSimulatedMachine(buildUnit('always'))
    machine.setWanted({ up: true })
    machine.unit = { ...machine.unit, phase: { at: 'down', as: 'stopped', held: false } }
    expect(() => machine.advance(1)).toThrow('started twice')
  })

  it('notices a supervisor that kills too early', () => {
    const machine = createSimulatedMachine(buildUnit('always'))
    machine.stubborn = true
    machine.setWanted({ up: true })
    machine.setWanted({ up: false })
    const { phase } = machine.unit
    if (phase.at !== 'stopping') throw new Error('it is to be stopping')
    machine.unit = { ...machine.unit, phase: { ...phase, killAtUpMs: machine.upMs } }
    expect(() => machine.advance(1)).toThrow('killed after 1 ms')
  })
})

function commands(): fc.Arbitrary<Command>[] {
  const constant = (name: string, run: Command['run']): fc.Arbitrary<Command> => fc.constant(command(name, run))
  return [
    constant('up', (reference, machine) => {
      reference.up = true
      machine.setWanted({ up: true })
    }),
    constant('down', (reference, machine) => {
      reference.up = false
      machine.setWanted({ up: false })
    }),
    constant('restart', (reference, machine) => {
      reference.up = true
      machine.setWanted({ up: true, restart: true })
    }),
    constant('reload', (_reference, machine) => machine.setWanted({ reload: true })),
    fc.boolean().map((open) =>
      command(`gate ${open ? 'opens' : 'shuts'}`, (reference, machine) => {
        reference.gateOpen = open
        machine.setGate(open)
      }),
    ),
    fc.constantFrom('b', 'c').map((letter) =>
      command(`definition ${letter}`, (reference, machine) => {
        reference.described = true
        machine.setDefinition({ ...(machine.definition ?? buildUnit(machine.unit.service)), digest: letter.repeat(64) })
      }),
    ),
    constant('ready', (_reference, machine) => machine.ready()),
    fc.constantFrom(0, 1, 137).map((code) => command(`ends with ${code}`, (_reference, machine) => machine.crash(code))),
    fc.constantFrom(1, 200, 1000, 2500, 11_000, 61_000).map((ms) => command(`${ms} ms pass`, (_reference, machine) => machine.advance(ms))),
    fc.boolean().map((stubborn) =>
      command(`new processes ${stubborn ? 'ignore' : 'heed'} signals`, (_reference, machine) => {
        machine.stubborn = stubborn
      }),
    ),
    fc.nat(2).map((children) =>
      command(`ends leave ${children} behind`, (_reference, machine) => {
        machine.children = children
      }),
    ),
    fc.boolean().map((fails) =>
      command(`starts ${fails ? 'fail' : 'work'}`, (_reference, machine) => {
        machine.spawnFails = fails
      }),
    ),
    constant('the supervisor dies', (_reference, machine) => machine.replaceSupervisor()),
    constant('the supervisor dies between its record and its next act', (_reference, machine) => {
      machine.dieBeforeEffects = true
    }),
    constant('the machine is started again', (_reference, machine) => machine.reboot()),
    constant('news of a process long gone', (_reference, machine) => {
      machine.send({ kind: 'exited', incarnation: 'none', exit: { code: 1, signal: null }, orphans: false })
      machine.send({ kind: 'became-ready', incarnation: 'none' })
      machine.send({ kind: 'session-emptied', incarnation: 'none' })
      machine.drain()
    }),
  ]
}

function command(name: string, run: Command['run']): Command {
  return {
    check: () => true,
    run: (reference, machine) => {
      run(reference, machine)
      if (machine.dead) machine.replaceSupervisor()
      expectSound(machine)
    },
    toString: () => name,
  }
}

/** True at every moment. */
function expectSound(machine: SimulatedMachine): void {
  const { unit } = machine
  expect(machine.alive().length).toBeLessThanOrEqual(1)
  const process = processOf(unit)
  for (const { incarnation } of machine.alive()) expect(process?.incarnation).toBe(incarnation)
  if (unit.phase.at === 'running' || unit.phase.at === 'starting') expect(machine.alive().length).toBe(1)
  const live = toLive(unit, machine.bootId)
  expect(toLive(fromLive(live, { bootId: machine.bootId, wallMs: 0, upMs: Number.NEGATIVE_INFINITY }), machine.bootId)).toEqual(live)
  expectWithinLimit(machine)
}

/** Never more starts within the window than the limit says, counted since somebody last asked. */
function expectWithinLimit({ spawns, countedFrom, definition }: SimulatedMachine): void {
  const last = spawns.at(-1)
  if (definition === null || definition.kind === 'periodic' || last === undefined) return
  const { starts, window_s } = definition.restart.limit
  const counted = spawns.slice(countedFrom).filter((upMs) => upMs > last - window_s * 1000)
  expect(counted.length).toBeLessThanOrEqual(starts)
}

/** Given time and peace, the unit is what was asked for; and whoever asks again gets it. */
function expectItComesRight(machine: SimulatedMachine, reference: Reference): void {
  machine.dieBeforeEffects = false
  machine.spawnFails = false
  machine.stubborn = false
  machine.children = 0
  const calm = () => {
    for (let second = 0; second < 150; second++) {
      machine.advance(1000)
      machine.ready()
    }
  }
  calm()
  const isUp = () => machine.alive().length === 1 && machine.unit.phase.at === 'running'
  if (!reference.up) expect([machine.alive(), toActivity(machine.unit.phase)]).toEqual([[], 'stopped'])
  else if (!isUp()) expect(restsOf(machine, reference)).toContain(toActivity(machine.unit.phase))
  machine.setGate(true)
  const before = machine.spawns.length
  machine.setWanted({ up: true, restart: true })
  calm()
  expect(isUp()).toBe(true)
  expect(machine.spawns.length).toBe(before + 1)
  machine.setWanted({ up: false })
  calm()
  expect([machine.alive(), toActivity(machine.unit.phase)]).toEqual([[], 'stopped'])
}

/** How a wanted unit may rest: given up, kept back, or done, where its kind and policy know such an end. */
function restsOf({ definition }: SimulatedMachine, { gateOpen }: Reference): string[] {
  const ends = definition?.kind === 'daemon' && definition.restart.when === 'always' ? [] : ['completed', 'stopped', 'unknown']
  const waits = gateOpen && definition?.kind !== 'periodic' ? [] : ['waiting']
  return ['failed', ...waits, ...ends]
}
