import { countWords, type RenderTarget, renderTarget, type Surface } from '@sanctum/contracts'
import { diffPlan } from '@sanctum/generations'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { applyChange } from '../haus/apply-change.ts'
import { findUnwritable } from '../haus/find-unwritable.ts'
import { keepReceipt } from '../haus/keep-receipt.ts'
import { type LoadedHaus, loadHaus } from '../haus/load-haus.ts'
import { narrowPlan, planRender, type RenderPlan } from '../haus/plan-render.ts'
import { isBare } from '../haus/require-generation.ts'
import { requireThisMachine } from '../haus/require-this-machine.ts'
import { revertChange, revertDueTrial } from '../haus/revert-change.ts'
import { refuseErrors, withWriter } from '../haus/with-writer.ts'
import { reportChange } from '../output/report-change.ts'
import { chooseWords } from '../output/unknown-word.ts'
import { renderFileDiffs } from '../views/file-diffs.ts'
import { renderFindings } from '../views/findings.ts'
import { renderPlan } from '../views/plan.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const { options } = context
  const targets = readTargets(options['target'])
  if (typeof options['out'] !== 'string')
    requireThisMachine(context, 'Add --check to compare only, or --out DIR to write the files into a folder.')
  const loaded = await loadHaus(context)
  if (typeof options['out'] === 'string' && context.global.dryRun)
    throw new UsageProblem('--out writes into a folder of its own, so --dry-run does not go with it', 'Leave one of the two out.')
  if (typeof options['out'] === 'string') return writeOut(context, loaded, options['out'], targets)
  if (options['check'] === true || context.global.dryRun) return compare(context, loaded, targets)
  if (targets.size < renderTarget.options.length)
    throw new UsageProblem(
      'a generation is always whole, so --target goes with --check, --diff --dry-run or --out only',
      'Leave --target out, or add --check.',
    )
  // Nothing of a change that cannot be made is left on a bare machine, not even a lock.
  const rendered = isBare(context) ? await planRender(context, loaded, {}) : undefined
  if (rendered !== undefined) refuseErrors(await findUnwritable(context, rendered.plan))
  const reverted = await revertDueTrial(context)
  const change = await withWriter(context, async () => {
    const tried = await applyChange(context, loaded, { force: options['force'] === true, command: 'render', rendered })
    if (tried.kind !== 'sick') await keepReceipt(context, loaded, tried)
    return tried
  })
  const settled = await revertChange(context, change, reverted)
  return reportChange(settled, { diff: options['diff'] === true, source: 'the catalog says' })
}

/** Compares and shows; it writes nothing. */
async function compare(context: CommandContext, loaded: LoadedHaus, targets: ReadonlySet<RenderTarget>): Promise<Answer> {
  const rendering = await planRender(context, loaded, { force: context.options['force'] === true })
  const { plan, losses } = rendering
  const narrowed = targets.size < renderTarget.options.length ? narrowPlan(plan, targets) : plan
  const findings = [...loaded.findings, ...rendering.findings, ...plan.findings]
  const differs = narrowed.changes.length > 0 || narrowed.impact.some(({ action }) => action !== 'stay')
  const paths = new Set(narrowed.changes.map(({ path }) => path))
  const diffs = differs ? diffPlan(plan).filter(({ path }) => paths.has(path)) : []
  const shows = context.options['diff'] === true || context.options['check'] === true
  return {
    exit: differs ? 'pending' : 'ok',
    data: {
      matches: !differs,
      changes: narrowed.changes,
      impact: narrowed.impact,
      losses,
      skipped: loaded.haus.skipped,
      ...(shows ? { diffs } : {}),
    },
    findings,
    view: (style) => {
      if (!differs) return `${style.good('✓')} this machine matches ${loaded.catalog.name}: ${countWords(plan.surfaces.length, 'file')}`
      return [
        renderPlan({ ...narrowed, losses, skipped: loaded.haus.skipped }, style),
        ...(shows ? ['', renderFileDiffs(diffs, style)] : []),
        ...(findings.length > 0 ? ['', renderFindings(findings, style)] : []),
        '',
        'nothing was written; sanctumctl render makes it so',
      ].join('\n')
    },
  }
}

/** Writes the surfaces into an empty folder, for a look or for another machine. */
async function writeOut(context: CommandContext, loaded: LoadedHaus, out: string, targets: ReadonlySet<RenderTarget>): Promise<Answer> {
  const { ports } = context
  const folder = ports.files.toAbsolute(out)
  const rendering: RenderPlan = await planRender(context, loaded, {})
  const surfaces = rendering.surfaces.filter(({ target }) => targets.has(target))
  if ((await ports.files.writeEmptyFolder(folder, surfaces)) === 'not-empty')
    throw new UsageProblem(`${ports.files.toShown(folder)} is not empty`, 'Name an empty folder, or one that does not exist yet.')
  return {
    exit: 'ok',
    data: {
      folder,
      node: loaded.haus.node.id,
      files: surfaces.map(({ path, publish, digest }) => ({ path, publish, digest })),
      losses: rendering.losses,
      skipped: loaded.haus.skipped,
    },
    findings: [...loaded.findings, ...rendering.findings],
    view: (style) =>
      [
        `${style.good('✓')} ${countWords(surfaces.length, 'file')} for node ${loaded.haus.node.id} in ${ports.files.toShown(folder)}`,
        renderPlan({ changes: [], impact: [], losses: rendering.losses, skipped: loaded.haus.skipped }, style),
        ...surfaces.filter(isPublished).map(({ path, publish }) => style.faint(`${path} belongs at ${publish}`)),
      ].join('\n'),
  }
}

function isPublished({ publish }: Surface): boolean {
  return publish !== null
}

function readTargets(given: unknown): ReadonlySet<RenderTarget> {
  const targets = chooseWords(given, 'target', renderTarget.options)
  return new Set(targets.length === 0 ? renderTarget.options : targets)
}
