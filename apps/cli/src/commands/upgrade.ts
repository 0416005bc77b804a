import { nameWayOn, toPassedOver, upgradeRefusals } from '@sanctum/upgrade'
import { type Answer, type CommandContext, Refused } from '../command.ts'
import { revertDueTrial } from '../haus/revert-change.ts'
import { hasUnwaived } from '../output/has-unwaived.ts'
import { askRefusals } from '../upgrade/ask-refusals.ts'
import { askConsent, findCatalog, requireConfirmed, toUpgrade, withUpgradeLock } from '../upgrade/begin-upgrade.ts'
import { findKnown } from '../upgrade/find-known.ts'
import { performUpgrade } from '../upgrade/perform-upgrade.ts'
import { isThere, planChange } from '../upgrade/plan-change.ts'
import { foreseePlan, reportNothing, reportPlan, reportUpgrade } from '../upgrade/report-upgrade.ts'
import { retype } from '../upgrade/retype.ts'
import { seeAside } from '../upgrade/see-aside.ts'
import { readDespite, readRevisionName } from '../upgrade/upgrade-request.ts'

const everyReason = upgradeRefusals.map(({ id }) => id)

/** Goes to a newer revision of the code by the protocol of generations; whatever fails goes back by itself. */
export async function run(context: CommandContext): Promise<Answer> {
  const { options, global, ports } = context
  const [to, named] = [readRevisionName(options['to']), readDespite(context)]
  const port = await ports.upgrade()
  const typed = retype(context, 'upgrade')
  if (global.dryRun)
    return seeAside(port, async () => {
      const planned = await planChange(context, port, { kind: 'upgrade', to })
      if (isThere(planned)) return reportNothing(planned, [])
      const findings = nameWayOn(await askRefusals(context, port, { planned, despite: named, asks: everyReason }), typed)
      const despite = toPassedOver(findings)
      return reportPlan({ planned, despite, plan: foreseePlan(planned, port.versions.read(planned.to) !== null) }, findings, typed)
    })
  const settled = await revertDueTrial(context, 'by-revisions')
  return withUpgradeLock(port, async () => {
    const planned = await planChange(context, port, { kind: 'upgrade', to })
    if (isThere(planned)) return reportNothing(planned, [], settled)
    requireConfirmed(context)
    const findings = nameWayOn(await askRefusals(context, port, { planned, despite: named, asks: everyReason }), typed)
    const despite = toPassedOver(findings)
    if (hasUnwaived(findings)) throw new Refused(findings)
    await askConsent(context, planned, typed)
    const run = toUpgrade(context, port, { planned, despite, target: null })
    const known = await findKnown(context, port, despite)
    const performed = await performUpgrade(context, port, { run, catalog: await findCatalog(context, port, planned), known })
    return reportUpgrade(context, { planned, despite, plan: run.plan }, performed, [...settled, ...findings])
  })
}
