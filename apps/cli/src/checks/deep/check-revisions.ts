import { type Check, countWords } from '@sanctum/contracts'
import { judgeRevisions, observeRevisions } from '../../haus/observe-revisions.ts'
import type { DoctorContext } from '../doctor-context.ts'

/** Whether what runs is what lies in the files that the generation names. */
export const checkRevisions: Check<DoctorContext> = {
  id: 'revisions',
  title: 'the code that the roles of Sanctum run',
  async run(context) {
    if (context.isBare()) return { kind: 'not-applicable', reason: 'nothing is set up' }
    const rows = await observeRevisions(context.command.ports, Object.values(context.held().services), context.probeMs())
    if (rows.length === 0) return { kind: 'not-applicable', reason: 'no role of Sanctum answers here' }
    const known = rows.filter(({ expected }) => expected !== null)
    if (known.length === 0) return { kind: 'not-applicable', reason: 'the roles run from source, which bears no stamp' }
    const said = [...new Set(known.map(({ reported }) => reported ?? 'unknown'))].join(', ')
    return { kind: 'ran', findings: judgeRevisions(rows), proof: `${countWords(known.length, 'role says', 'roles say')} ${said}` }
  },
}
