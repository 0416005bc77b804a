import type { Check, Finding } from '@sanctum/contracts'
import { toPinFindings, toTrialFindings, toUnfinished } from '@sanctum/generations'
import { toUpgradeFindings } from '@sanctum/upgrade'
import { findOtherProgram } from '../haus/find-other-program.ts'
import { seeTrial } from '../haus/trial.ts'
import { seeUpgrade, toDamage } from '../upgrade/upgrade-record.ts'
import type { DoctorContext } from './doctor-context.ts'

/** The current generation is whole and confirmed, and no run ended in the middle. */
export const checkGeneration: Check<DoctorContext> = {
  id: 'generation',
  title: 'current generation',
  async run({ command, plan }) {
    const generations = command.ports.generations([])
    const { current, confirmed } = generations.readPointers()
    if (current.kind === 'none') return { kind: 'not-applicable', reason: 'nothing was set up yet' }
    const { trial, judgement } = seeTrial(command.ports)
    const upgrade = await seeUpgrade(command.ports)
    const { plan: wanted } = await plan()
    const unconfirmed = current.kind === 'set' && !(confirmed.kind === 'set' && confirmed.number === current.number)
    return {
      kind: 'ran',
      findings: [
        ...wanted.findings.filter(({ code }) => !toldAsDrift.has(code)),
        ...toUnfinished(generations.inspect()),
        ...toPinFindings(generations.readPins(), command.ports.home),
        ...toTrialFindings(trial, judgement),
        ...toUpgradeFindings(upgrade.run, upgrade.judgement),
        ...(await toDamage(command.ports)),
        // Where this version makes the same files it is no matter who made them.
        ...(wanted.changes.length > 0 ? findOtherProgram(command.ports) : []),
        ...(unconfirmed && judgement.kind === 'none'
          ? [toUnconfirmed(current.number, confirmed.kind === 'set' ? confirmed.number : null)]
          : []),
      ],
    }
  },
}

/** What the check of the files tells with what was expected and observed. */
const toldAsDrift: ReadonlySet<string> = new Set(['GENERATION_FILE_DAMAGED', 'EDITED_FILE', 'EDITED_LEFTOVER'])

function toUnconfirmed(number: number, confirmed: number | null): Finding {
  return {
    code: 'GENERATION_UNCONFIRMED',
    severity: 'warning',
    message: `generation ${number} was applied, but its services were never proven healthy`,
    subject: `generation ${number}`,
    evidence: { expected: `generation ${number} confirmed`, observed: confirmed === null ? 'none is' : `generation ${confirmed} is` },
    fix: { text: 'Bring the haus up; a healthy haus confirms its generation.', command: 'sanctumctl up', safe: true },
  }
}
