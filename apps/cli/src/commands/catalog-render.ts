import { countWords, type Step } from '@sanctum/contracts'
import { diffText } from '@sanctum/generations'
import type { Answer, CommandContext } from '../command.ts'
import { diffManifests, type ManifestChange } from '../haus/diff-manifests.ts'
import { loadCatalog } from '../haus/load-haus.ts'
import { planText } from '../plan-text.ts'
import { renderFileDiffs } from '../views/file-diffs.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const {
    catalog,
    chosen: { folder },
    findings,
  } = await loadCatalog(context)
  const { changes } = await diffManifests(context, catalog, folder)
  const only = context.options['check'] === true || context.global.dryRun
  if (!only && changes.length > 0)
    await context.ports.files.perform(
      changes.flatMap((change) => planWrite(folder, change)),
      folder,
    )
  const shown = changes.map(({ path, kind }) => ({ path, kind }))
  const services = Object.keys(catalog.services).length
  return {
    exit: only && changes.length > 0 ? 'pending' : 'ok',
    data: { catalog: catalog.name, services, changes: shown, written: !only },
    findings,
    view: (style) => {
      if (changes.length === 0) return `${style.good('✓')} ${countWords(services, 'manifest matches', 'manifests match')} ${catalog.name}`
      if (!only)
        return `${shown.map(({ path, kind }) => `${kind} ${path}`).join('\n')}\n${changes.length} of ${countWords(services, 'manifest')} written; commit them with the catalog`
      return renderFileDiffs(
        changes.map(({ path, kind, before, after }) => ({
          path,
          change: kind,
          why: '',
          text: diffText(before, after, { before: path, after: `${path} (as the catalog says)` }),
        })),
        style,
      )
    },
  }
}

function planWrite(folder: string, { path, after }: ManifestChange): Step[] {
  return after === null ? [{ do: 'remove-file', path: `${folder}/${path}` }] : planText(folder, { path, content: after })
}
