import type { Check, Finding } from '@sanctum/contracts'
import { listPrerequisites, type Prerequisite } from '@sanctum/host-resolver'
import type { DoctorContext } from './doctor-context.ts'

/** What the services here need is installed. */
export const checkPrerequisites: Check<DoctorContext> = {
  id: 'prerequisites',
  title: 'prerequisites',
  run: ({ loaded }) => ({ kind: 'ran', findings: findLacking(listPrerequisites(loaded.haus, loaded.facts)) }),
}

/** A finding for each prerequisite that is not met. */
export function findLacking(prerequisites: readonly Prerequisite[]): Finding[] {
  return prerequisites
    .filter(({ state }) => state === 'missing' || state === 'too-old')
    .map(({ what, found, neededBy, state, install, page }) => ({
      code: 'PREREQUISITE_MISSING',
      severity: 'error',
      message: `${what} is ${state === 'missing' ? 'not installed' : 'too old'}${neededBy.length === 0 ? '' : `; ${neededBy.join(', ')} cannot run without it`}`,
      subject: what,
      evidence: { expected: what, observed: found ?? 'not found' },
      fix: {
        text: page === undefined ? `Install ${what}.` : `Install ${what} as ${page} says.`,
        ...(install === null ? {} : { command: install }),
      },
    }))
}
