import { type Finding, findingCodes } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'

/**
 * A generation keeps what was generated and names the programs that its units start; one that was installed over another at the same place,
 * as `npm install --global` does, is not brought back by it.
 */
export function findOtherProgram(ports: Pick<Ports, 'generations' | 'version'>): readonly Finding[] {
  const current = ports.generations([]).readCurrent()
  if (current === null || current.made_from.sanctum === ports.version) return []
  const { severity } = findingCodes.GENERATION_OTHER_PROGRAM
  const { sanctum } = current.made_from
  return [
    {
      code: 'GENERATION_OTHER_PROGRAM',
      severity,
      message: `generation ${current.number} was made by Sanctum ${sanctum}, and the program here is ${ports.version}`,
      subject: `generation ${current.number}`,
      evidence: { expected: sanctum, observed: ports.version },
      fix: {
        text: `See whether ${ports.version} makes other files: where it makes none nothing is to be done, and where it does, render to stay with it. To go back to ${sanctum}, install that release over this one and restart the roles: a rollback brings back files, and no program that was installed over another.`,
        command: 'sanctumctl render --check',
        safe: true,
      },
    },
  ]
}
