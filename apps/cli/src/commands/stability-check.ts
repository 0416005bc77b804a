import { type Finding, toSoakPolicy } from '@sanctum/contracts'
import type { SoakWindow } from '@sanctum/journal'
import type { Answer, CommandContext } from '../command.ts'
import { loadCatalog } from '../haus/load-haus.ts'
import { seeWindow } from '../stability/see-window.ts'
import { toUncleanFinding, toWindowFindings } from '../stability/window-findings.ts'
import { renderProblems } from '../views/problems.ts'
import { renderWindow } from '../views/stability.ts'
import { policyChanged } from './stability-start.ts'

type Run = {
  readonly id: string
  readonly outcome: 'clean' | 'red' | 'unknown'
  readonly exit: number | null
  readonly finding: string | null
  readonly took_ms: number
}

/** The gate. Only where the ledger says yes is what is required run once more, for it has to be clean now too. */
export async function run(context: CommandContext): Promise<Answer> {
  const { ports } = context
  const { window, judgement, damage } = seeWindow(ports)
  const timezone = window?.timezone ?? 'UTC'
  const told = [...damage, ...toWindowFindings(judgement, timezone)]
  const runs = window !== null && told.length === 0 ? await runAll(context, window) : null
  const unclean = runs?.flatMap((one) => toUnclean(one, window)) ?? []
  const findings = [...told, ...unclean, ...(await findChange(context, window))]
  const passes = told.length === 0 && unclean.length === 0
  return {
    exit: passes ? 'ok' : 'problems',
    data: { window: judgement, ...(runs === null ? {} : { runs }), written: false },
    findings,
    view: (style) =>
      [
        renderWindow(judgement, timezone, style),
        ...renderProblems(findings, style),
        '',
        ...(runs ?? []).map(
          ({ id, outcome }) =>
            `${outcome === 'clean' ? style.good('✓') : style.bad('✗')} ${id} ${outcome === 'clean' ? 'is clean now' : 'is not clean now'}`,
        ),
        passes
          ? `${style.good('✓')} the gate is open: ${judgement?.days.length} full days without a red`
          : style.bad('✗ the gate is closed'),
      ].join('\n'),
  }
}

async function runAll({ ports, signal, say }: CommandContext, { policy, folder }: SoakWindow): Promise<readonly Run[]> {
  const runs: Run[] = []
  for (const check of policy.required) {
    say(`${check.id}: ${check.command.join(' ')}`)
    const end = await ports.runRequired(check, folder, signal)
    if (end === null) break
    runs.push({ id: check.id, ...end })
  }
  return runs
}

function toUnclean(run: Run, window: SoakWindow | null): Finding[] {
  const command = window?.policy.required.find(({ id }) => id === run.id)?.command ?? []
  return run.outcome === 'clean' ? [] : [toUncleanFinding(run, command)]
}

/** The gate does not depend on a catalog that can be read. */
async function findChange(context: CommandContext, window: SoakWindow | null): Promise<Finding[]> {
  if (window === null || window.aborted !== null) return []
  const loaded = await loadCatalog(context).catch(() => null)
  const stability = loaded?.catalog.stability ?? null
  return stability === null || JSON.stringify(toSoakPolicy(stability)) === JSON.stringify(window.policy) ? [] : [policyChanged()]
}
