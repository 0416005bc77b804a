import { type Finding, hasErrors } from '@sanctum/contracts'
import { type Answer, type CommandContext, Declined, UsageProblem } from '../command.ts'
import { planPurge } from '../haus/plan-purge.ts'
import { planUninstall, type Uninstall, uninstall } from '../haus/uninstall-haus.ts'
import { withWriter } from '../haus/with-writer.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { isUpgradeOpen } from '../upgrade/is-upgrade-open.ts'
import { settleUpgrade } from '../upgrade/settle-upgrade.ts'
import { renderFindings } from '../views/findings.ts'
import type { Style } from '../views/style.ts'

/**
 * Takes Sanctum off this machine. The home stays, with its generations, journal and secrets, unless --purge says otherwise; that asks
 * first. Where a unit cannot be stopped, no file is removed.
 */
export async function run(context: CommandContext): Promise<Answer> {
  const { ports, global } = context
  const present = planPurge(await ports.files.listFolder(ports.home)).names
  // Where nothing was ever set up, not even a lock is left behind.
  if (present.length === 0) return answer(context, { plan: null, purged: [], findings: [], isPlan: false })
  const purges = context.options['purge'] === true
  if (purges) await askToPurge(context, present)
  // Nothing is taken off in the middle of an upgrade, and no record of one stays behind.
  if (!global.dryRun && (await isUpgradeOpen(ports))) await settleUpgrade(context, 'by-revisions')
  return withWriter(context, async () => {
    const plan = await planUninstall(context)
    if (global.dryRun) return answer(context, { plan, purged: purges ? present : [], findings: plan?.findings ?? [], isPlan: true })
    const findings = plan === null ? [] : await uninstall(context, plan)
    const purged = purges && !hasErrors(findings) ? await purge(context) : []
    return answer(context, { plan, purged, findings, isPlan: false })
  })
}

/** What lies in the home and is not Sanctum's stays, and the home with it. The names that are gone. */
async function purge({ ports: { files, home } }: CommandContext): Promise<readonly string[]> {
  const { names, steps } = planPurge(await files.listFolder(home), home)
  await files.perform(steps, home)
  for (const folder of [`${home}/config`, home])
    if ((await files.listFolder(folder)).length === 0) await files.perform([{ do: 'remove-tree', path: folder }], home)
  return names
}

async function askToPurge({ ask, global, ports }: CommandContext, names: readonly string[]): Promise<void> {
  if (global.yes || global.dryRun) return
  const what = `this removes ${names.join(', ')} in ${ports.files.toShown(ports.home)}: every generation, the journal, the secrets and what this machine was told`
  const said = await ask(`${what}. There is no way back. Remove?`)
  if (said === true) return
  if (said === null) throw new UsageProblem(what, 'Add --yes to remove it.')
  throw new Declined('nothing was removed, as you asked', 'Leave --purge out to keep the home.')
}

interface Outcome {
  /** Null where no generation was ever set up. */
  readonly plan: Uninstall | null
  /** Names in the home. */
  readonly purged: readonly string[]
  readonly findings: readonly Finding[]
  readonly isPlan: boolean
}

function answer({ ports }: CommandContext, { plan, purged, findings, isPlan }: Outcome): Answer {
  const stopped = plan?.stopping ?? []
  const removed = plan?.removing ?? []
  const kept = plan?.keeping ?? []
  const isNothing = stopped.length + removed.length + purged.length === 0 && !(plan?.isUnfinished ?? false)
  const outcome = hasErrors(findings) ? 'stuck' : isNothing ? 'unchanged' : isPlan ? 'planned' : 'uninstalled'
  return {
    exit: outcome === 'stuck' ? exitOfFindings(findings) : outcome === 'planned' ? 'pending' : 'ok',
    data: { outcome, home: ports.home, stopped, removed, kept, purged },
    findings,
    view: (style) => {
      const home = ports.files.toShown(ports.home)
      const shown = (paths: readonly string[]) => paths.map((path) => ports.files.toShown(path))
      return [
        ...section('stops', stopped, style),
        ...section('removes', [...shown(removed), ...purged.map((name) => `${home}/${name}`)], style),
        ...section('stays, since it is not ours or was edited by hand', shown(kept), style),
        ...(findings.length > 0 ? [renderFindings(findings, style)] : []),
        describe(outcome, { home, isPurged: purged.length > 0, style }),
      ].join('\n')
    },
  }
}

type Name = 'stuck' | 'unchanged' | 'planned' | 'uninstalled'

function describe(outcome: Name, { home, isPurged, style }: { home: string; isPurged: boolean; style: Style }): string {
  const texts: Readonly<Record<Name, string>> = {
    stuck: `${style.bad('✗')} Sanctum is not off this machine yet; mend what is named above, then run sanctumctl uninstall again`,
    unchanged: `${style.good('✓')} nothing to do: nothing of Sanctum is installed here`,
    planned: 'nothing was changed; the same command without --dry-run does it',
    uninstalled: isPurged
      ? `${style.good('✓')} Sanctum is off this machine`
      : `${style.good('✓')} Sanctum is off this machine; ${home} stays\n${style.faint('next: sanctumctl up installs it again · sanctumctl uninstall --purge removes the home too')}`,
  }
  return texts[outcome]
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : [style.strong(title), ...lines.map((line) => `  ${line}`)]
}
