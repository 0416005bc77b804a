import type { CommandContext } from '../command.ts'
import { chooseCatalog } from './choose-catalog.ts'
import { loadHaus } from './load-haus.ts'
import { type PresentFile, planBootstrap } from './plan-bootstrap.ts'

/** Gives this machine its node id and its own layer, once. What was created, one sentence each; with a dry run what would be. */
export async function bootstrapMachine(context: CommandContext, { replaces }: { readonly replaces: boolean }): Promise<readonly string[]> {
  const { ports } = context
  const [instance, nodeId, catalog] = await Promise.all([
    readPresent(context, 'instance.yaml'),
    readPresent(context, '.node_id'),
    readPresent(context, '.catalog'),
  ])
  const { folder } = await chooseCatalog(context)
  const ships = folder === ports.files.toAbsolute(ports.program.starterCatalog)
  const isKnown = instance !== null && nodeId !== null && !replaces && (ships ? catalog === null : catalog?.text.trim() === folder)
  if (isKnown) return []
  const [{ haus, catalog: read }, { model_servers }] = await Promise.all([loadHaus(context), ports.host.observations()])
  const plan = planBootstrap({
    home: ports.home,
    node: haus.node.id,
    // A machine that was set up from another catalog remembers also that it came back to the one that ships.
    catalogFolder: ships && catalog === null ? null : folder,
    catalog: read,
    modelServers: model_servers,
    present: { instance, nodeId, catalog },
    replaces,
  })
  if (!context.global.dryRun && !plan.isEmpty) await ports.files.perform(plan.steps, ports.home)
  return plan.creates
}

async function readPresent({ ports }: CommandContext, name: string): Promise<PresentFile | null> {
  const text = await ports.files.readText(`${ports.home}/${name}`)
  return text === null ? null : { text, digest: ports.digest(text) }
}
