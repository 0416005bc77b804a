import type { Finding } from '@sanctum/contracts'
import { backupOf, homeLayout } from './home-layout.ts'
import type { GenerationPlan } from './plan-generation.ts'
import { quotePath } from './quote-path.ts'
import type { Damage } from './seen.ts'

/** The findings of a plan that was performed: what it put right is told as put right, not as a thing to do. */
export function toPerformedFindings(plan: GenerationPlan): Finding[] {
  const damage = new Map(plan.seen.damage.map((item) => [item.path, item]))
  const number = plan.seen.current?.number
  return plan.findings.map((finding) => {
    const item = finding.code === 'GENERATION_FILE_DAMAGED' ? damage.get(finding.subject ?? '') : undefined
    if (item === undefined || number === undefined) return finding
    return {
      ...finding,
      ...(plan.pointer.kind === 'keep' ? toRepaired(plan, item, number) : toLeftBehind(plan.pointer.number, item, number)),
    }
  })
}

function toRepaired({ seen: { home } }: GenerationPlan, { path, kind, digest }: Damage, number: number): Partial<Finding> {
  const layout = homeLayout(home)
  const kept = digest === null ? null : backupOf(layout, `${layout.surfaces(number)}/${path}`, digest)
  return {
    message: `${path} in generation ${number} ${pastTexts[kind]}; ${kind === 'extra' ? 'it was taken out' : 'what was committed is back'}${kept === null ? '' : ', and a copy of what was found is kept'}`,
    impact: 'Until this run, who read it from current got something that the catalog does not say.',
    fix:
      kept === null
        ? { text: 'Nothing to do.' }
        : { text: 'Nothing to do; the copy tells what was there.', command: `ls -l ${quotePath(kept)}`, safe: true },
  }
}

function toLeftBehind(now: number, { path, kind }: Damage, number: number): Partial<Finding> {
  return {
    message: `${path} in generation ${number} ${pastTexts[kind]}; generation ${now} holds in its place`,
    impact: `Until this run, who read it from current got something that the catalog does not say; nobody can go back to generation ${number}.`,
    fix: { text: 'Nothing to do; generations list says what there is to go back to.', command: 'sanctumctl generations list', safe: true },
  }
}

const pastTexts = {
  missing: 'was gone',
  changed: 'had another content than was committed',
  mode: 'had another mode than was committed',
  extra: 'had never been committed',
} as const satisfies Record<Damage['kind'], string>
