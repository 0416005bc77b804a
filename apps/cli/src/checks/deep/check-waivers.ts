import { type Check, countWords, type Finding, type Haus } from '@sanctum/contracts'
import { readWaivers, type Waiver } from '../../findings/waivers.ts'
import type { DoctorContext } from '../doctor-context.ts'
import { toFinding } from './to-finding.ts'

/** Waivers of this machine and of the catalog: each can be read, and none has expired. */
export const checkWaivers: Check<DoctorContext> = {
  id: 'waivers',
  title: 'waivers',
  async run({ command: { ports }, wanted }) {
    const { waivers, findings } = await readWaivers(ports)
    const today = toDay(ports.clock.now())
    return {
      kind: 'ran',
      findings: [...findings, ...judgeWaivers(waivers, today), ...judgeCatalogWaivers(wanted, today)],
      proof: countWords(waivers.length, 'waiver of this machine holds', 'waivers of this machine hold'),
    }
  },
}

function toDay(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10)
}

export function judgeWaivers(waivers: readonly Waiver[], today: string): Finding[] {
  return waivers
    .filter(({ expires }) => expires < today)
    .map(({ code, subject, owner, expires, at }) =>
      toFinding('WAIVER_EXPIRED', {
        message: `the waiver of ${code}${subject === undefined ? '' : ` for ${subject}`} by ${owner} ended on ${expires}`,
        ...(at === undefined ? {} : { at }),
        subject: `${code} ${subject ?? ''}`.trim(),
        evidence: { expected: `a day from ${today} on`, observed: expires },
        fix: { text: `Mend what it excused and remove it, or agree on a new day with ${owner}.` },
      }),
    )
}

/** Services carry waivers of their own: for the sandbox, and for fields that a target cannot express. */
export function judgeCatalogWaivers({ services }: Pick<Haus, 'services'>, today: string): Finding[] {
  return Object.values(services).flatMap(({ id, sandbox, waivers }) =>
    [...(sandbox.waiver === null ? [] : [['sandbox', sandbox.waiver] as const]), ...Object.entries(waivers)].flatMap(
      ([field, { owner, expires }]) =>
        expires === undefined || expires >= today
          ? []
          : [
              toFinding('WAIVER_EXPIRED', {
                message: `the waiver of ${field} of ${id} by ${owner} ended on ${expires}`,
                subject: `${id} ${field}`,
                evidence: { expected: `a day from ${today} on`, observed: expires },
                fix: {
                  text: `Express the field, or agree on a new day with ${owner}.`,
                  command: `sanctumctl explain services.${id}.${field}`,
                  safe: true,
                },
              }),
            ],
    ),
  )
}
