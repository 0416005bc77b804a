import { type Catalog, type Finding, type Haus, type HostFacts, hasErrors, type Layer } from '@sanctum/contracts'
import { judgeMachineLayer, listPrograms, parseVariables, type ResolveInput, resolveHost, settingsLayer } from '@sanctum/host-resolver'
import { type CommandContext, Refused, UsageProblem } from '../command.ts'
import { type ChosenCatalog, chooseCatalog } from './choose-catalog.ts'
import { readFacts } from './read-facts.ts'
import { recallCatalog } from './recall-catalog.ts'
import { settingsOfFlags } from './settings.ts'

/** The haus as this command line means it, with what went into it. */
export interface LoadedHaus {
  readonly haus: Haus
  readonly catalog: Catalog
  readonly facts: HostFacts
  readonly input: ResolveInput
  /** Where the catalog was read from, and its texts as they were then. */
  readonly chosen: ChosenCatalog
  /** Programs that the catalog names, which the facts were asked for. */
  readonly programs: readonly string[]
  /** Names of the variables that the catalog read, those included that are not set. */
  readonly variablesRead: () => readonly string[]
  /** The catalog as it may be remembered; null where it is. */
  readonly toMemo: () => string | null
  /** Warnings and notes; errors never come this far. */
  readonly findings: readonly Finding[]
}

/** As much of a loaded haus as it takes to run what is decided already. */
export type RunningHaus = Pick<LoadedHaus, 'haus'>

/** Catalog, facts and layers to a Haus. Refuses with all findings where something is wrong with them. Versions of programs are for showing only. */
export async function loadHaus(context: CommandContext, asked?: { readonly versions: boolean }): Promise<LoadedHaus> {
  const { catalog, chosen, findings, toMemo } = await loadCatalog(context)
  const programs = listPrograms(catalog)
  const [facts, above] = await Promise.all([readFacts(context, programs, asked), readLayersAbove(context)])
  const variables = noteReads(above.variables)
  const input: ResolveInput = {
    catalog,
    facts,
    ...above.node,
    machine: above.machine,
    environment: above.environment,
    flags: above.flags,
    variables: variables.noted,
    digest: context.ports.digest,
  }
  if (hasErrors(above.findings)) throw new Refused([...findings, ...above.findings])
  const resolution = resolveHost(input)
  // A word of the command line is judged as one; a node that a file or a variable names is a matter of this host.
  const nowhere = typeof context.options['node'] === 'string' && resolution.findings.find(({ code }) => code === 'NODE_NOT_IN_CATALOG')
  if (nowhere) throw new UsageProblem(nowhere.message, nowhere.fix?.text ?? '')
  const all = [...findings, ...above.findings, ...resolution.findings]
  if (resolution.kind === 'invalid' || hasErrors(all)) throw new Refused(all)
  return { haus: resolution.haus, catalog, facts, input, chosen, programs, variablesRead: variables.read, toMemo, findings: all }
}

type Variables = Readonly<Record<string, string | undefined>>

/** The same variables, with a note of each name that is asked for. */
function noteReads(variables: Variables): { noted: Variables; read: () => readonly string[] } {
  const names = new Set<string>()
  const noted = new Proxy(variables, {
    get: (target, name) => Reflect.get(target, note(name)),
    has: (target, name) => Reflect.has(target, note(name)),
    getOwnPropertyDescriptor: (target, name) => Reflect.getOwnPropertyDescriptor(target, note(name)),
  })
  function note(name: string | symbol): string | symbol {
    names.add(String(name))
    return name
  }
  return { noted, read: () => [...names].sort() }
}

/** The catalog alone, for what needs no machine. */
export async function loadCatalog(
  context: CommandContext,
): Promise<{ catalog: Catalog; chosen: ChosenCatalog; findings: readonly Finding[]; toMemo: LoadedHaus['toMemo'] }> {
  const chosen = await chooseCatalog(context)
  const { reading, toMemo } = await recallCatalog(context.ports, chosen)
  if (reading.kind === 'invalid') throw new Refused(reading.findings, null, `the catalog in ${chosen.name}`)
  return { catalog: reading.catalog, chosen, findings: reading.findings, toMemo }
}

/** What this machine, its environment and the command line say above the catalog. Facts of another machine leave out what only this one says: its layer and its variables. */
async function readLayersAbove({ ports, options }: CommandContext): Promise<{
  node: { node?: string }
  machine: Layer | null
  environment: Layer | null
  flags: Layer | null
  variables: Readonly<Record<string, string | undefined>>
  findings: readonly Finding[]
}> {
  const isElsewhere = typeof options['facts'] === 'string'
  const file = `${ports.home}/instance.yaml`
  const text = isElsewhere ? null : await ports.files.readText(file)
  const machine = text === null ? { layer: null, findings: [] } : await parseMachineLayer(text, ports.files.toShown(file))
  const variables = isElsewhere ? {} : ports.environment
  const said = parseVariables(variables)
  const environment = settingsLayer(said.settings, 'environment')
  const flags = settingsLayer(settingsOfFlags(options), 'flag')
  const node = options['node'] ?? said.node
  return {
    node: typeof node === 'string' ? { node } : {},
    machine: machine.layer,
    environment: environment.layer,
    flags: flags.layer,
    variables,
    findings: [
      ...judgeMachineLayer(ports.files.toShown(file), machine.findings),
      ...said.findings,
      ...environment.findings,
      ...flags.findings,
    ],
  }
}

/** Most machines have none, and are spared the reader of YAML. */
async function parseMachineLayer(text: string, source: string) {
  const { parseLayer } = await import('@sanctum/catalog')
  return parseLayer(text, { layer: 'machine', source })
}
