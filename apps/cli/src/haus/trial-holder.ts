import type { ProcessIdentity, TrialDocument } from '@sanctum/contracts'
import { type CommandContext, UsageProblem } from '../command.ts'
import { proofMs } from '../upgrade/proof-deadlines.ts'

/** Beyond what the services and the proof take: for the wait for the lock, and for a machine that starts programs slowly. */
const SLACK_S = 300
const PROOF_S = Object.values(proofMs).reduce((sum, ms) => sum + ms / 1000, SLACK_S)

/** The process that proves and confirms the generation in place of this one; null where this one does. */
export function readHolder({ options, ports }: CommandContext): ProcessIdentity | null {
  const given = options['onTrialFor']
  if (typeof given !== 'string') return null
  const holder = /^[1-9]\d{0,9}$/.test(given) ? ports.machine.identify(Number(given)) : null
  if (holder === null)
    throw new UsageProblem(`--on-trial-for ${given}: no such process runs`, 'It is the process that confirms the generation, or goes back.')
  return holder
}

/** The same trial in the hands of another process. Should that one end, it is taken back like any other. */
export function toHeld(trial: TrialDocument, holder: ProcessIdentity | null, command = 'upgrade'): TrialDocument {
  return holder === null ? trial : { ...trial, command, by: holder, within_s: trial.within_s + PROOF_S }
}
