import type { GateReceipt, ReleaseReceipts } from '@sanctum/contracts'
import { findBundled, type NotedFigure, type NotedProof, RECEIPTS, renderNote, renderSbom, toSelfContained } from '@sanctum/release'
import type { CommandContext } from '../command.ts'
import type { Checkout, ReleasePort } from '../ports.ts'
import { renderReceipts } from './ask-gates.ts'
import type { ReleasePlan } from './plan-release.ts'

const PROGRAM = '@sanctum/cli'

export interface AssembleInput {
  readonly checkout: Checkout
  readonly port: ReleasePort
  readonly gates: readonly GateReceipt[]
  readonly receipts: ReleaseReceipts
  readonly version: string
  readonly versions: Readonly<Record<string, string>>
  readonly changes: ReleasePlan['changes']
}

/** Every file of a release by its name, but for checksums and signature. The same commit and the same receipts give the same bytes. */
export async function assembleRelease(
  context: CommandContext,
  input: AssembleInput,
): Promise<Readonly<Record<string, Uint8Array | string>>> {
  const { checkout, port, version, versions } = input
  const { archives: packed, licenses } = await checkout.pack(checkout.rooms, context.signal)
  const stamped = checkout.rooms.map((room) => ({
    ...room,
    ...port.restamp(packed[room.name] as Uint8Array, versions, toOrigin(context, room.path)),
  }))
  const archives = Object.fromEntries(stamped.map(({ name, archive }) => [`${toFileName(name)}-${versions[name]}.tgz`, archive]))
  const program = stamped.find(({ name }) => name === PROGRAM)?.entries ?? []
  const contents = {
    ...archives,
    [`sanctum-${version}.tar.gz`]: port.packArchive(toSelfContained(program, version)),
    'sbom.cdx.json': renderSbom({
      version,
      madeAtMs: checkout.madeAtMs,
      lock: (await checkout.readText('pnpm-lock.yaml')) ?? '',
      roots: stamped.map(({ name, path, entries }) => ({ name, path, version: versions[name] as string, bundled: findBundled(entries) })),
      licenseOf: (id) => licenses.get(id) ?? null,
      digest: context.ports.digest,
    }),
    [RECEIPTS]: renderReceipts(input.receipts),
  }
  return { ...contents, 'RELEASE.md': await renderOwnNote(input, contents) }
}

function toOrigin({ options }: CommandContext, directory: string): Parameters<ReleasePort['restamp']>[2] {
  const url = options['repository']
  return typeof url === 'string' ? { url: url.replace(/(\.git)?\/*$/, ''), directory } : null
}

function toFileName(name: string): string {
  return name.replace(/^@/, '').replace('/', '-')
}

async function renderOwnNote(
  { checkout, port, gates, version, changes }: AssembleInput,
  contents: Readonly<Record<string, Uint8Array | string>>,
): Promise<string> {
  const bench = await readEntries(checkout, 'ledgers/bench.json')
  const long = await readEntries(checkout, 'ledgers/long.json')
  return renderNote({
    version,
    revision: checkout.revision,
    madeAtMs: checkout.madeAtMs,
    changes,
    gates,
    figures: bench.flatMap(([, { figures = [] }]) => figures.map(toFigure)),
    proofs: long.map(([programme, { counts = {}, failures = 0, date = '' }]): NotedProof => ({ programme, counts, failures, date })),
    gaps: [...listMisses(bench, long), ...readGaps((await checkout.readText('README.md')) ?? '')],
    files: port.describe(contents),
  })
}

interface LedgerRow {
  readonly figures?: readonly {
    readonly what: string
    readonly ours: string
    readonly theirs?: string | null
    readonly bound: string
    readonly command: string
    readonly verdict?: string
  }[]
  readonly counts?: Readonly<Record<string, number>>
  readonly failures?: number
  readonly date?: string
}

type LedgerEntries = readonly (readonly [string, LedgerRow])[]

async function readEntries(checkout: Checkout, path: string): Promise<LedgerEntries> {
  const text = await checkout.readText(path)
  return text === null ? [] : Object.entries((JSON.parse(text) as { entries: Record<string, LedgerRow> }).entries)
}

function toFigure({ what, ours, theirs, bound, command }: NonNullable<LedgerRow['figures']>[number]): NotedFigure {
  return { what, value: ours, beside: theirs ?? null, bound, command }
}

/** What was measured and does not hold, or was attacked and gave way: whoever installs it is told first. */
function listMisses(bench: LedgerEntries, long: LedgerEntries): readonly string[] {
  return [
    ...bench.flatMap(([name, { figures = [] }]) =>
      figures
        .filter(({ verdict }) => verdict === 'misses' || verdict === 'peer missing')
        .map(
          ({ what, ours, bound, verdict }) =>
            `${what} ${verdict}: ${ours}, and the bound is ${bound} (tools/sanctumctl bench --only ${name}).`,
        ),
    ),
    ...long
      .filter(([, { failures = 0 }]) => failures > 0)
      .map(([name, { failures }]) => `The programme ${name} ended with ${failures} failures.`),
  ]
}

/** What the README says is not proven, paragraph by paragraph. */
function readGaps(readme: string): readonly string[] {
  const section = /^## What is not proven\n(.*?)(?=^## |$(?![\s\S]))/ms.exec(readme)?.[1] ?? ''
  return section
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
}
