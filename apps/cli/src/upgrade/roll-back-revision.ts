import type { RefusalId } from '@sanctum/contracts'
import { chooseRollback, type GenerationRow } from '@sanctum/generations'
import { nameWayOn, toPassedOver } from '@sanctum/upgrade'
import { type Answer, type CommandContext, Declined, Refused, UsageProblem } from '../command.ts'
import { readKeptHaus } from '../haus/kept-haus.ts'
import { readNumber } from '../haus/read-number.ts'
import { revertDueTrial } from '../haus/revert-change.ts'
import { hasUnwaived } from '../output/has-unwaived.ts'
import type { Ports, UpgradePort } from '../ports.ts'
import { askRefusals } from './ask-refusals.ts'
import { findCatalog, requireConfirmed, toUpgrade, withUpgradeLock } from './begin-upgrade.ts'
import { findRed } from './find-known.ts'
import { isSameBuild } from './find-program.ts'
import { performUpgrade } from './perform-upgrade.ts'
import { isThere, planChange } from './plan-change.ts'
import { foreseePlan, reportNothing, reportPlan, reportUpgrade } from './report-upgrade.ts'
import { retype } from './retype.ts'
import { seeAside } from './see-aside.ts'
import { readDespite } from './upgrade-request.ts'

/** Who goes back because something is red is not refused for it; what would be lost or taken from somebody speaks against it all the same. */
const reasons: readonly RefusalId[] = ['checkout-dirty', 'lease-open']

/** A revision that is to hold again, and the generation that it had made; null where it renders a new one. */
interface Back {
  readonly to: string
  readonly target: number | null
}

/** Goes back to the code of an earlier generation, or of a revision. Null where no other code is meant, and a generation alone goes back. */
export async function rollBackRevision(context: CommandContext, name: string | null): Promise<Answer | null> {
  const { ports, global } = context
  if (ports.generations([]).readPointers().current.kind === 'none') return null
  const port = await ports.upgrade()
  const back = await findBack(context, port, name)
  if (back === null) return null
  const [named, typed] = [readDespite(context), retype(context, 'rollback')]
  const look = async () => {
    const planned = await planChange(context, port, { kind: 'rollback', to: back.to })
    const isNothing = isThere(planned) && (name !== null || planned.from === planned.to)
    const findings = isNothing ? [] : nameWayOn(await askRefusals(context, port, { planned, despite: named, asks: reasons }), typed)
    // By its revision, what no program reads needs no other generation.
    const isReadOnly = planned.change === 'docs' || planned.change === 'none'
    const target = name !== null && isReadOnly ? null : back.target
    return { planned, isNothing, findings, despite: toPassedOver(findings), target }
  }
  const isByNumber = name === null
  if (global.dryRun)
    return seeAside(port, async () => {
      const { planned, isNothing, findings, despite, target } = await look()
      if (isNothing) return reportNothing(planned, despite)
      const isBuilt = target !== null || port.versions.read(planned.to) !== null
      return reportPlan({ planned, despite, plan: foreseePlan(planned, isBuilt, { isKept: target !== null, isByNumber }) }, findings, typed)
    })
  const settled = await revertDueTrial(context, 'by-revisions')
  return withUpgradeLock(port, async () => {
    const { planned, isNothing, findings, despite, target } = await look()
    if (isNothing) return reportNothing(planned, despite, settled)
    requireConfirmed(context)
    if (hasUnwaived(findings)) throw new Refused(findings)
    const run = toUpgrade(context, port, { planned, despite, target, isByNumber })
    const catalog = await findCatalog(context, port, planned)
    if (target === null && run.plan.includes('swap'))
      await askToRender(context, { catalog, inside: port.versions.folder(planned.to), typed })
    const performed = await performUpgrade(context, port, { run, catalog, known: await findRed(context, port) })
    return reportUpgrade(context, { planned, despite, plan: run.plan }, performed, [...settled, ...findings])
  })
}

/** A generation whose programs are gone comes back only as a render of its code; a catalog outside of the revision has gone on since. */
async function askToRender(
  { ask, global, ports }: CommandContext,
  { catalog, inside, typed }: { readonly catalog: string; readonly inside: string; readonly typed: (added?: readonly string[]) => string },
): Promise<void> {
  if (global.yes || catalog.startsWith(`${inside}/`)) return
  const what = `the programs of that generation are not kept, so its code renders ${ports.files.toShown(catalog)} as it is today`
  const answer = await ask(`${what}. Go on?`)
  if (answer === true) return
  const hint = `${typed(['--yes'])} renders it anew; sanctumctl generations list shows what is kept.`
  throw answer === null ? new UsageProblem(what, hint) : new Declined('nothing was rolled back, as you asked', hint)
}

async function findBack(context: CommandContext, port: UpgradePort, name: string | null): Promise<Back | null> {
  const { ports } = context
  const rows = ports.generations([]).list()
  if (name !== null) return await findNamed(context, port, { name, rows })
  const current = rows.find(({ isCurrent }) => isCurrent)
  // Code that is built in the checkout itself goes with the checkout; only what an upgrade has put there is ours to take back.
  if (current === undefined || versionOf(ports, current) === null) return null
  const number = chooseNumber(context, rows)
  const row = rows.find((one) => one.number === number)
  const to = row?.document?.made_from.revision
  if (row === undefined || to === undefined || to === versionOf(ports, current)) return null
  return { to, target: (await isKept(ports, port, row)) ? row.number : null }
}

async function findNamed(
  { ports }: CommandContext,
  port: UpgradePort,
  { name, rows }: { readonly name: string; readonly rows: readonly GenerationRow[] },
): Promise<Back> {
  const { checkout } = port.installation
  const to = checkout === null ? null : await port.git(checkout).resolve(name)
  if (to === null) throw new UsageProblem(`there is no revision ${name} in the checkout`, 'sanctumctl history shows those that were here.')
  // The newest that comes back as it is; one that was never proven says nothing of its programs.
  for (const row of rows.toReversed())
    if ((versionOf(ports, row) ?? row.document?.made_from.revision) === to && (await isKept(ports, port, row)))
      return { to, target: row.number }
  return { to, target: null }
}

/** The revision in `versions/` whose programs the units of a generation name; null where they name others. */
function versionOf(ports: Ports, { number }: GenerationRow): string | null {
  const program = readKeptHaus(ports, number)?.host.program.sanctumctl ?? ''
  return /\/versions\/([0-9a-f]{40})\/apps\/cli\/dist\/[^/]+$/.exec(program)?.[1] ?? null
}

/** Its programs are there still, whole, so it comes back byte for byte: a built revision, or the build that the checkout had then and has still. */
async function isKept(ports: Ports, { versions }: UpgradePort, row: GenerationRow): Promise<boolean> {
  const revision = versionOf(ports, row)
  return revision === null ? isSameBuild(ports, row.number) : versions.read(revision) !== null
}

function chooseNumber(context: CommandContext, rows: readonly GenerationRow[]): number | null {
  const [given] = context.args as [string | undefined]
  if (given !== undefined) return readNumber(given)
  const target = chooseRollback(rows, context.ports.generations([]).readPointers().confirmed)
  return target.kind === 'found' ? target.number : null
}
