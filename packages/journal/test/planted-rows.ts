import { createRandom } from '@sanctum/testkit'
import type { PlantedFault } from '../../../tools/prove/planted-fault.ts'
import { contend } from './contend.ts'
import type { plantedLocks } from './planted-locks.ts'

const ROUNDS = 60

/** Locks as programs often make them, against the contention that the real one stands. */
export const plantedRows: readonly PlantedFault[] = [
  row('lock file', /nobody got it/),
  // Two take it from a dead holder at once; or one dies between making the file and writing its number, and nobody ever gets it.
  row('pid file', /two at a time|nobody got it/),
  row('lock by time of change', /two at a time/),
]

function row(kind: keyof typeof plantedLocks, expected: RegExp): PlantedFault {
  return {
    plant: `a ${kind}`,
    suite: 'lock contention',
    expected,
    attack: async () => {
      const { rounds, problem } = await contend({ kind, rounds: ROUNDS, random: createRandom(1), sleepEvery: 5 })
      if (problem === null) return { kind: 'survived', tried: `${rounds} rounds` }
      return { kind: 'caught', at: `round ${rounds} of ${ROUNDS}`, violation: problem }
    },
  }
}
