import { type Check, countWords, hasErrors } from '@sanctum/contracts'
import { toDriftFindings } from '@sanctum/generations'
import { observeFileDrift, toWhereabouts } from '../haus/observe-file-drift.ts'
import type { DoctorContext } from './doctor-context.ts'

/** What lies on this machine is what was committed. What was read for the plan is not read again. */
export const checkDrift: Check<DoctorContext> = {
  id: 'file-drift',
  title: 'files as committed',
  async run({ command: { ports }, held, plan }) {
    const { seen, surfaces } = (await plan()).plan
    if (seen.current === null) return { kind: 'not-applicable', reason: 'nothing was set up yet' }
    const desired = new Map(surfaces.flatMap(({ publish, digest }) => (publish === null ? [] : [[publish, digest] as const])))
    const { drift, unchecked } = observeFileDrift(ports, toWhereabouts(held()), { ...seen, current: seen.current }, desired)
    const findings = toDriftFindings(drift)
    if (hasErrors(unchecked) && findings.length === 0)
      return { kind: 'could-not-check', reason: unchecked.map(({ message }) => message).join('; ') }
    return {
      kind: 'ran',
      findings: [...findings, ...unchecked],
      proof: countWords(seen.current.surfaces.length, 'file as it was committed', 'files as they were committed'),
    }
  },
}
