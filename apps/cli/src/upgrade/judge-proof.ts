import { countWords, exitCodes } from '@sanctum/contracts'
import { catalogChecks } from '../checks/doctor-checks.ts'
import { isUnmade } from '../checks/is-unmade.ts'
import { type ForeignAnswer, type ForeignCheck, type ForeignFinding, toKey } from './read-answer.ts'
import { describeRevisionEnd, type RevisionEnd, toErrors } from './run-revision.ts'

/** A step that proves a generation, and what it came to. */
export interface ProofJudgement {
  readonly outcome: 'done' | 'failed'
  readonly says: string
}

/**
 * What doctor or verify proves of a generation that came back. It is held against nothing that was red before, and nothing that today's
 * catalog says of itself: that may have gone on, or be broken, which is often why somebody goes back.
 */
export function judgeProof(step: 'doctor' | 'verify', given: RevisionEnd, known: ReadonlySet<string>): ProofJudgement {
  const { end, answer } = given
  if (end.kind === 'ended' && end.code === exitCodes.ok.code) return { outcome: 'done', says: describeProof(step, answer) }
  const checks = answer?.checks ?? []
  const ofCatalog = new Set(checks.filter(isOfCatalog).flatMap(({ findings }) => findings.map(toKey)))
  const errors = toErrors(answer)
  const own = errors.filter((finding) => !ofCatalog.has(toKey(finding)))
  const left = own.filter((finding) => !known.has(toKey(finding)))
  if (left.length > 0 && answer !== null)
    return { outcome: 'failed', says: describeRevisionEnd({ end, answer: { ...answer, findings: left } }) }
  // What nobody could look at proves nothing, whatever the exit says of something else.
  const unmade = checks.filter((check) => !isOfCatalog(check) && isUnmade(check))
  if (unmade.length > 0) return { outcome: 'failed', says: unmade.map(describeUnmade).join('; ') }
  if (errors.length === 0) return { outcome: 'failed', says: describeRevisionEnd(given) }
  const before = own.length === 0 ? 'nothing' : `nothing but what was red before: ${toCodes(own)}`
  const besides = errors.filter((finding) => ofCatalog.has(toKey(finding)))
  return {
    outcome: 'done',
    says: besides.length === 0 ? before : `${before}; not held against it, as it is of today's catalog: ${toCodes(besides)}`,
  }
}

function isOfCatalog({ id }: ForeignCheck): boolean {
  return catalogIds.has(id)
}

function describeUnmade({ id, reason }: ForeignCheck): string {
  return `${id} could not be checked${reason === undefined ? '' : `: ${reason}`}`
}

const catalogIds: ReadonlySet<string> = new Set(catalogChecks.map(({ id }) => id))

function toCodes(findings: readonly ForeignFinding[]): string {
  return [...new Set(findings.map(({ code }) => code))].join(', ')
}

/** Of a proof that went well. */
export function describeProof(proof: 'doctor' | 'verify', answer: ForeignAnswer | null): string {
  const steps = answer?.data['steps']
  return proof === 'doctor'
    ? 'doctor --quick is clean'
    : countWords(Array.isArray(steps) ? steps.length : 0, 'step of verify holds', 'steps of verify hold')
}
