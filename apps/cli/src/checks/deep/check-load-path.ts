import { basename } from 'node:path'
import { type Check, countWords, type Finding } from '@sanctum/contracts'
import { loadPath, toDriftFindings } from '@sanctum/generations'
import { observeFileDrift, toWhereabouts } from '../../haus/observe-file-drift.ts'
import type { DoctorContext } from '../doctor-context.ts'

/** One name of a unit lies in one folder only: of two the manager takes one, and nobody knows which. */
export const checkLoadPath: Check<DoctorContext> = {
  id: 'load-path',
  title: 'duplicate names on the load paths',
  async run({ command: { ports }, held, plan }) {
    const haus = held()
    const folders = loadPath(haus.manager.kind, haus.host)
    if (folders.length === 0) return { kind: 'not-applicable', reason: 'no folder of definitions is searched here' }
    const { seen } = (await plan()).plan
    if (seen.current === null) return { kind: 'not-applicable', reason: 'nothing was set up yet' }
    const { drift } = observeFileDrift(ports, toWhereabouts(haus), { ...seen, current: seen.current }, null)
    const committed = new Set(seen.current.surfaces.flatMap(({ publish }) => (publish === null ? [] : [basename(publish)])))
    const shadows = drift.filter(({ kind, path }) => kind === 'shadow' || (kind === 'extra' && committed.has(basename(path))))
    const findings: Finding[] = toDriftFindings(shadows)
    return { kind: 'ran', findings, proof: `${countWords(committed.size, 'name')}, each in one of ${countWords(folders.length, 'folder')}` }
  },
}
