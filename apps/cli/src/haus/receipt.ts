import type { HostFacts, Loss, UnitImpact } from '@sanctum/contracts'
import { homeLayout } from '@sanctum/generations'
import type { KnownDocument } from '@sanctum/generations/node'
import type { CommandContext } from '../command.ts'
import type { QuickPorts } from '../ports.ts'
import { type ChosenCatalog, chooseCatalog } from './choose-catalog.ts'
import type { Whereabouts } from './observe-file-drift.ts'
import { openSealed, sealText } from './seal-text.ts'

/** What a render that found nothing more to do went by, and what it answered. Only the program that wrote it reads it. */
export interface Receipt {
  /** Digest of the program. */
  readonly build: string
  /** Names that the catalog gave to look for on this machine. */
  readonly programs: readonly string[]
  /** Variables that the catalog read. */
  readonly variables: readonly string[]
  /** Folders below which files are published. */
  readonly roots: readonly string[]
  /** Digests of the three things that decide: what is given, the facts of this machine, and what is there. */
  readonly inputs: string
  readonly facts: string
  readonly hold: string
  /** Of the generation that is current. */
  readonly document: KnownDocument
  /** Where the haus that it was made from publishes, and is looked for. */
  readonly kept: { readonly roots: readonly string[]; readonly whereabouts: Whereabouts }
  readonly answer: Unchanged
}

/** What a render that changes nothing tells. */
export interface Unchanged {
  readonly generation: number
  readonly impact: readonly UnitImpact[]
  readonly losses: readonly Loss[]
  readonly skipped: Readonly<Record<string, unknown>>
}

/** The receipt of this home, if this very program wrote it. */
export async function readReceipt({ files, home, digest, program }: QuickPorts): Promise<Receipt | null> {
  const receipt = parseReceipt(await files.readText(homeLayout(home).receipt), digest)
  return receipt?.build === program.build() ? receipt : null
}

export function toReceiptText(receipt: Receipt, digest: (text: string) => string): string {
  return sealText(`${JSON.stringify(receipt)}\n`, digest)
}

/** Null for whatever is not a whole receipt. */
function parseReceipt(file: string | null, digest: (text: string) => string): Receipt | null {
  const text = openSealed(file, digest)
  return text === null ? null : (JSON.parse(text) as Receipt)
}

/**
 * One digest of all that a person gives: the catalog by its bytes, the layers of the machine, of variables and of flags. `chosen`: the
 * texts that were gone by, where they were read already.
 */
export async function digestInputs(
  { global, options, ports }: Pick<CommandContext, 'global' | 'options'> & { readonly ports: QuickPorts },
  variables: readonly string[],
  chosen?: ChosenCatalog,
): Promise<string> {
  const { environment, files, home } = ports
  const { folder, name, files: texts } = chosen ?? (await chooseCatalog({ global, ports }))
  const said = Object.keys(environment).filter((variable) => variable.startsWith('SANCTUM_'))
  const read = [...new Set([...said, ...variables])].sort()
  return ports.digest(
    JSON.stringify([
      ports.version,
      home,
      folder,
      name,
      texts,
      files.toShown(home),
      await files.readText(`${home}/instance.yaml`),
      read.map((variable) => [variable, environment[variable] ?? null]),
      [options['node'] ?? null, options['profile'] ?? null, options['set'] ?? null],
    ]),
  )
}

/** Facts in the order in which they are gathered, which is always the same. */
export function digestFacts(facts: HostFacts, ports: Pick<QuickPorts, 'digest'>): string {
  return ports.digest(JSON.stringify(facts))
}

/** Whether a command line asks for nothing but the plain act. */
export function isPlain({ global, options }: Pick<CommandContext, 'global' | 'options'>): boolean {
  return !global.dryRun && ['check', 'diff', 'force', 'out', 'target', 'facts'].every((name) => options[name] === undefined)
}
