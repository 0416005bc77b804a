import { createTemporaryFolder } from '@sanctum/testkit/node'
import type { Attacked, PlantedFault } from '../../../tools/prove/planted-fault.ts'
import { findStrace, type LabCommand, labCommands } from './crash/lab-haus.ts'
import type { Phase } from './crash/phase-of.ts'
import { type Plant, plantBuild } from './crash/plant-build.ts'
import { type Act, closeLanes, openLanes, strikeAll, toComplaints } from './crash/run-lanes.ts'

const kill: Act = (lab, { haus, studied, position }) => lab.kill(haus, studied, position)
const refuse: Act = (lab, { haus, studied, position }) => lab.fail(haus, studied, position, { errno: 'EIO', forEver: false })

/** The faults planted in the program that people start. */
export const plantedRows: readonly PlantedFault[] = [
  row('a recovery that does nothing', /the next run ended with 73/, {
    plant: {
      instead: 'function planRecover(remains) {',
      put: 'function planRecover(remains) {\n  return { outcome: "clean", steps: [], impact: [], findings: [] };',
    },
    phases: ['stage', 'barrier'],
    calls: ['rename', 'fsync'],
    act: kill,
  }),
  row('a pointer made anew', /current names generation null/, {
    plant: {
      instead: 'rename: ({ from, to }, fs) => fs.rename(from, to)',
      put: 'rename: ({ from, to }, fs) => {\n    if (to.endsWith("/current")) fs.removeFile(to);\n    fs.rename(from, to);\n  }',
    },
    phases: ['swap'],
    calls: ['rename'],
    act: kill,
  }),
  row('published files that are written in place', /neither old nor new/, {
    plant: {
      instead: 'return `${folder}/.${name}.sanctum-new`;',
      put: 'return folder.endsWith("/desk") ? path : `${folder}/.${name}.sanctum-new`;',
    },
    phases: ['publish'],
    calls: ['openat', 'write'],
    act: kill,
  }),
  row('an error of a sync that nobody hears', /ended with 0, not 73/, {
    plant: { instead: '(error) => error ? reject(', put: '(error) => !1 ? reject(' },
    phases: ['barrier'],
    calls: ['fsync'],
    act: refuse,
  }),
]

interface Aimed {
  readonly plant: Plant
  /** Where the fault shows; elsewhere it is not looked for. */
  readonly phases: readonly Phase[]
  readonly calls: readonly string[]
  readonly act: Act
}

function row(plant: string, expected: RegExp, { plant: text, phases, calls, act }: Aimed): PlantedFault {
  return {
    ...{ plant, suite: act === kill ? 'kills at every call' : 'errors at every call', expected },
    attack: async (): Promise<Attacked> => {
      if (findStrace() === null) return { kind: 'not-applicable', why: 'strace is missing: apt-get install strace' }
      await using folder = await createTemporaryFolder()
      const change = labCommands.find(({ name }) => name === 'render, a change') as LabCommand
      const lanes = await openLanes({ commands: [change], program: plantBuild(folder.path, text) })
      try {
        const positions = lanes.studied[0]?.positions ?? []
        const aims = positions.flatMap(({ at, phase }, position) =>
          phases.includes(phase) && calls.includes(at.call) ? [{ command: 0, position }] : [],
        )
        const judged = await strikeAll(lanes, aims, act, { stopsAtFirst: true })
        const [violation] = toComplaints(judged)
        if (violation === undefined) return { kind: 'survived', tried: `${judged.length} strikes` }
        return { kind: 'caught', at: `strike ${judged.length} of ${aims.length}`, violation }
      } finally {
        await closeLanes(lanes)
      }
    },
  }
}
