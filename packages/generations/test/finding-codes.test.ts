import { type Finding, generationCodes, type Surface } from '@sanctum/contracts'
import {
  planGeneration,
  planRollback,
  toNoWayBack,
  toPinFindings,
  toRecovered,
  toReverted,
  toTrialFindings,
  toUnfinished,
} from '@sanctum/generations'
import { createGenerations, type Generations } from '@sanctum/generations/node'
import { buildTrial } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { apply, file, home, making, unit, units } from './haus.ts'
import { createMemoryFileSystem, type MemoryFileSystem } from './memory-file-system.ts'

const voice = unit(units, 'voice', 'voice 1')
const published = `${units}/com.sanctum.voice.service`

const onTrial = buildTrial({ begun_up_ms: 50_000, because: ['dashboard did not become ready'] })

interface Machine {
  readonly fs: MemoryFileSystem
  readonly generations: Generations
}

function replace({ fs }: Machine, path: string, text: string): void {
  fs.removeFile(path)
  fs.makeDirectory(path.slice(0, path.lastIndexOf('/')), '0755')
  fs.writeFile(path, Buffer.from(text), '0644')
}

const plan = (wanted: readonly Surface[], { generations }: Machine) =>
  planGeneration({ wanted, seen: generations.observe(wanted) }).findings

/** What a person or a machine does to get each code. */
const cases: Record<keyof typeof generationCodes, (machine: Machine) => Promise<readonly Finding[]>> = {
  SURFACE_PATH_UNSAFE: async (machine) => plan([file('../../etc/passwd', 'x')], machine),
  SURFACE_PATH_TWICE: async (machine) => plan([file('services/voice.yaml', 'x'), file('services/Voice.yaml', 'y')], machine),
  PUBLISH_OUTSIDE_ROOTS: async (machine) => plan([{ ...voice, publish: '/etc/cron.d/voice' }], machine),
  PUBLISH_THROUGH_LINK: async (machine) => {
    machine.fs.makeDirectory(units.slice(0, units.lastIndexOf('/')), '0755')
    machine.fs.makeLink(units, '/etc')
    return plan([voice], machine)
  },
  PUBLISH_PATH_BLOCKED: async (machine) => {
    machine.fs.makeDirectory(published, '0755')
    return plan([voice], machine)
  },
  FOREIGN_FILE: async (machine) => {
    replace(machine, published, 'somebody else')
    return plan([voice], machine)
  },
  EDITED_FILE: async (machine) => {
    await apply(machine.generations, [voice])
    replace(machine, published, 'edited')
    return plan([voice], machine)
  },
  EDITED_FILE_IN_THE_WAY: async (machine) => {
    await apply(machine.generations, [voice])
    replace(machine, published, 'edited')
    return plan([unit(units, 'voice', 'voice 2')], machine)
  },
  EDITED_LEFTOVER: async (machine) => {
    await apply(machine.generations, [voice])
    replace(machine, published, 'edited')
    return plan([], machine)
  },
  GENERATION_FILE_DAMAGED: async (machine) => {
    await apply(machine.generations, [voice])
    replace(machine, `${home}/generations/1/surfaces/${voice.path}`, 'rotten')
    return plan([voice], machine)
  },
  GENERATION_DAMAGED: async (machine) => {
    await apply(machine.generations, [voice])
    await apply(machine.generations, [])
    machine.fs.removeFile(`${home}/generations/1/surfaces/${voice.path}`)
    const rollback = planRollback(machine.generations.read(1), { seen: machine.generations.observe([]) })
    return rollback.kind === 'refused' ? rollback.findings : []
  },
  GENERATION_UNKNOWN: async (machine) => {
    const rollback = planRollback(machine.generations.read(7), { seen: machine.generations.observe([]) })
    return rollback.kind === 'refused' ? rollback.findings : []
  },
  POINTER_DAMAGED: async (machine) => {
    await apply(machine.generations, [voice])
    machine.fs.removeFile(`${home}/current`)
    machine.fs.makeLink(`${home}/current`, '/etc')
    return plan([voice], machine)
  },
  SERVICES_LINK_TAKEN: async (machine) => {
    machine.fs.makeDirectory(`${home}/services`, '0755')
    return plan([voice], machine)
  },
  RUN_UNFINISHED: async ({ generations }) => {
    await apply(generations, [voice], { settle: false })
    return toUnfinished(generations.inspect())
  },
  RUN_RECOVERED: async ({ generations, fs }) => {
    await generations.commit(planGeneration({ wanted: [voice], seen: generations.observe([voice]) }), making)
    const remains = generations.inspect()
    await generations.recover()
    expect(fs.look(published).kind).toBe('file')
    return toRecovered(remains)
  },
  TRIAL_UNDER_WAY: async () => toTrialFindings(onTrial, { kind: 'waiting', sinceMs: 40_000, leftMs: 50_000 }),
  TRIAL_OVERDUE: async () => toTrialFindings(onTrial, { kind: 'due', why: 'it was not confirmed within 90 s', endsRunner: true }),
  REVERT_REFUSED: async () => toTrialFindings(onTrial, { kind: 'stuck', why: 'generation 1 is not whole' }),
  NO_WAY_BACK: async () => [toNoWayBack(1)],
  GENERATION_REVERTED: async () => [toReverted(onTrial, 'its services did not become well')],
  PINS_UNREADABLE: async (machine) => {
    await apply(machine.generations, [voice])
    replace(machine, `${home}/state/pins.json`, '{')
    return toPinFindings(machine.generations.readPins(), home)
  },
  INTENT_UNREADABLE: async (machine) => {
    await apply(machine.generations, [voice])
    replace(machine, `${home}/state/intent.json`, '{')
    return (await machine.generations.recover()).findings
  },
}

test.each(Object.entries(cases))('%s', async (code, act) => {
  const fs = createMemoryFileSystem()
  const findings = await act({ fs, generations: createGenerations({ home, roots: [units], fileSystem: fs }) })
  const found = findings.find((finding) => finding.code === code)
  expect(found, findings.map((finding) => finding.code).join()).toBeDefined()
  expect(found?.severity).toBe(generationCodes[code as keyof typeof generationCodes].severity)
  expect(found?.fix?.text).toBeTruthy()
  expect(found?.subject).toBeTruthy()
  expect([found?.evidence?.expected, found?.evidence?.observed]).toEqual([expect.any(String), expect.any(String)])
})

test('every code has a case', () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(generationCodes).sort())
})
