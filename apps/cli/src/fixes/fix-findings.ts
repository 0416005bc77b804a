import { type CheckResult, Fault, type Finding } from '@sanctum/contracts'
import { toFinding } from '../checks/deep/to-finding.ts'
import type { DoctorContext } from '../checks/doctor-context.ts'
import type { CommandContext } from '../command.ts'
import { withWriter } from '../haus/with-writer.ts'
import { fixModes, fixPidFiles, fixPointers } from './fix-files.ts'
import { fixSurfaces } from './fix-surfaces.ts'
import { fixOrphans, fixUnits } from './fix-units.ts'
import type { Fixer, SafeFix } from './fixer.ts'

/** In the order in which they help each other: files before the units that are read from them, ports before who needs them. */
const fixers: readonly Fixer[] = [fixPointers, fixSurfaces, fixModes, fixPidFiles, fixOrphans, fixUnits]

/** What was looked at, and with what. */
export interface Examination {
  readonly doctor: DoctorContext
  readonly results: readonly CheckResult[]
}

export interface AppliedFix {
  readonly code: string
  readonly subject: string
  readonly steps: readonly string[]
  readonly outcome: 'planned' | 'fixed' | 'failed'
  readonly why: string
}

/** Everything that can be mended safely among these findings. It only reads. */
export async function planFixes(doctor: DoctorContext, findings: readonly Finding[]): Promise<readonly SafeFix[]> {
  const open = findings.filter(({ waiver }) => waiver === undefined)
  const plans = await Promise.all(
    fixers.map(async (fixer) => {
      const own = open.filter(({ code }) => fixer.codes.includes(code))
      return own.length === 0 ? [] : fixer.plan(doctor, own)
    }),
  )
  return plans.flat()
}

/** Shows and applies what is safe, then asks the same checks again: fixed is what they no longer find. */
export async function fixFindings(
  context: CommandContext,
  examine: () => Promise<Examination>,
): Promise<{ readonly results: readonly CheckResult[]; readonly findings: readonly Finding[]; readonly fixes: readonly AppliedFix[] }> {
  const before = await examine()
  const planned = await planFixes(before.doctor, findingsOf(before))
  for (const { steps } of planned) for (const step of steps) context.say(`${context.global.dryRun ? 'would' : 'will'} ${step}`)
  if (context.global.dryRun || planned.length === 0)
    return { results: before.results, findings: [], fixes: planned.flatMap((fix) => toRows(fix, 'planned', 'nothing was done')) }
  const troubles = await withWriter(context, () => applyAll(planned))
  const after = await examine()
  const left = new Set(findingsOf(after).map(keyOf))
  const fixes = planned.flatMap((fix, index) =>
    fix.findings.flatMap((finding) => {
      const trouble = troubles[index] ?? (left.has(keyOf(finding)) ? 'the same check still finds it' : null)
      return toRows({ ...fix, findings: [finding] }, trouble === null ? 'fixed' : 'failed', trouble ?? 'the same check passes now')
    }),
  )
  note(context, fixes)
  return { results: after.results, findings: fixes.filter(({ outcome }) => outcome === 'failed').map(toFailed), fixes }
}

/** The trouble of each, null where it had none. One that cannot be made does not keep the next from being made. */
async function applyAll(planned: readonly SafeFix[]): Promise<readonly (string | null)[]> {
  const troubles: (string | null)[] = []
  for (const fix of planned) {
    try {
      await fix.apply()
      troubles.push(null)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      troubles.push(`${error.message}. ${error.hint}`.trim())
    }
  }
  return troubles
}

function note({ ports }: CommandContext, fixes: readonly AppliedFix[]): void {
  for (const { code, subject, steps, outcome, why } of fixes)
    ports.journal.append({
      kind: outcome === 'fixed' ? 'finding-fixed' : 'finding-unfixed',
      subject,
      data: { code, steps: [...steps], why },
    })
}

export function toFailed({ code, subject, why }: AppliedFix): Finding {
  return toFinding('FIX_FAILED', {
    message: `${code} of ${subject} could not be mended: ${why}`,
    subject,
    evidence: { expected: 'that the same check passes now', observed: why },
    fix: { text: 'Mend it by hand; the finding says how.', command: `sanctumctl explain ${code}`, safe: true },
  })
}

function toRows({ findings, steps }: SafeFix, outcome: AppliedFix['outcome'], why: string): AppliedFix[] {
  return findings.map(({ code, subject = '' }) => ({ code, subject, steps, outcome, why }))
}

function findingsOf({ results }: Examination): Finding[] {
  return [...new Map(results.flatMap(({ findings }) => findings).map((finding) => [keyOf(finding), finding])).values()]
}

function keyOf({ code, subject = '' }: Finding): string {
  return `${code} ${subject}`
}
