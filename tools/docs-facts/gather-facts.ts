import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  commandOutputs,
  documentKinds,
  exitCodes,
  faultCodes,
  findingCodes,
  layerNames,
  toJsonSchemas,
  toOutputSchemas,
  verdict,
} from '@sanctum/contracts'
import type { CommandDefinition, OptionDefinition } from '../../apps/cli/src/command.ts'
import { commandTable } from '../../apps/cli/src/command-table.ts'
import { choices } from '../../apps/cli/src/completion/choices.ts'
import { readCatalogFolder } from '../../apps/cli/src/node/catalog-folder.ts'
import { globalOptions, writingOptions } from '../../apps/cli/src/usual-options.ts'
import { listRoleOptions } from '../../apps/daemon/src/command-line.ts'
import { roleNames } from '../../apps/daemon/src/role.ts'
import type { CommandFacts, CountFacts, Facts, FlagFacts, HausFacts } from '../../apps/docs-gate/src/facts.ts'
import { readCatalog } from '../../packages/catalog/src/index.ts'
import { probeKinds } from '../../packages/probes/src/index.ts'
import { releaseGates } from '../../packages/release/src/gates.ts'
import { listCheckout } from '../checks/list-checkout.ts'
import { roomsOf } from '../checks/workspace-files.ts'
import { generators } from '../generated.ts'
import { incidents } from '../prove/incident-wall/incidents.ts'

/** What the code of the checkout knows, asked of the code itself. */
export async function gatherFacts(root: string): Promise<Facts> {
  const files = listCheckout(root)
  const sources = files.filter((file) => isSource.test(file)).map((file) => readFileSync(join(root, file), 'utf8'))
  const catalogs = files.filter((file) => /^catalogs\/.*\.ya?ml$/.test(file)).map((file) => readFileSync(join(root, file), 'utf8'))
  const literals = sources.flatMap(listLiterals)
  const schemas = toJsonSchemas()
  const haeuser = await listHaeuser(root, files)
  return {
    commands: commandTable.map(toCommandFacts),
    globalFlags: [
      ...globalOptions.map(toFlagFacts),
      { names: ['-h', '--help'], takesValue: false },
      { names: ['--version'], takesValue: false },
    ],
    writingFlags: writingOptions.map(toFlagFacts),
    lanes: listLanes(root),
    roles: Object.fromEntries(roleNames.map((name) => [name, listRoleOptions(name)])),
    findingCodes: Object.keys(findingCodes),
    faultCodes: Object.keys(faultCodes),
    exitCodes: Object.values(exitCodes).map(({ code }) => code),
    capitals: unique([...literals.flatMap((text) => text.match(CAPITALS) ?? []), ...listVariables(root, files)]),
    names: listNames([...literals, ...sources.flatMap(listProperties), ...catalogs], [schemas, toOutputSchemas()]),
    schemas: Object.fromEntries(Object.entries(documentKinds).map(([kind, { published }]) => [kind, schemas[published] ?? {}])),
    documents: Object.fromEntries(Object.entries(documentKinds).map(([kind, row]) => [kind, row.files])),
    haeuser,
    counts: listCounts(root, haeuser),
    files,
    homePieces: unique(literals.flatMap(listPieces)),
    exampleAddresses: unique(catalogs.flatMap((text) => text.match(/\b\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?\b/g) ?? [])),
    generated: generators.flatMap(({ owns }) => owns),
  }
}

/** Programs, and what they are started with; their tests may name what does not exist. */
const isSource = /^(?:packages|apps|tools)\/(?!.*(?:\/test\/|\/fixtures\/|\.test\.ts$)).*\.(?:ts|js)$|^tools\/sanctumctl$/

function toCommandFacts({ path, args = [], options = [], writes = false }: CommandDefinition): CommandFacts {
  return { path, args: args.map(({ syntax }) => syntax), flags: options.map(toFlagFacts), writes }
}

function toFlagFacts({ flags }: OptionDefinition): FlagFacts {
  return { names: flags.match(/(?<![\w<-])--?[a-z][\w-]*/g) ?? [], takesValue: /[<[]/.test(flags) }
}

/** What the launcher sends to a program of the checkout. */
function listLanes(root: string): Facts['lanes'] {
  const launcher = readFileSync(join(root, 'tools/sanctumctl'), 'utf8')
  const names =
    /^\s*([\w |]+)\) lane "\$@"/m
      .exec(launcher)?.[1]
      ?.split('|')
      .map((name) => name.trim()) ?? []
  const lanes = names.map((name) => {
    const file = join(root, `tools/lanes/${name}.ts`)
    const source = existsSync(file) ? readFileSync(file, 'utf8') : ''
    return [name, [...source.matchAll(/(\w[\w-]*)'?: \{ type: '(?:string|boolean)'/g)].map(([, option]) => `--${option}`)] as const
  })
  return Object.fromEntries([...lanes, ['dev', []]])
}

async function listHaeuser(root: string, files: readonly string[]): Promise<readonly HausFacts[]> {
  const folders = unique(files.flatMap((file) => /^catalogs\/([\w-]+)\/catalog\.yaml$/.exec(file)?.[1] ?? []))
  return await Promise.all(folders.map(async (name) => ({ name, services: await listServices(join(root, 'catalogs', name)) })))
}

async function listServices(folder: string): Promise<HausFacts['services']> {
  const reading = readCatalog((await readCatalogFolder(folder)) ?? {}, { name: folder, digest: () => '' })
  if (reading.kind === 'invalid') throw new Error(`${folder} cannot be read, so nothing is known of its services`)
  return Object.entries(reading.catalog.services).map(([id, { label, provides }]) => ({
    id,
    label: label ?? null,
    ports: (provides ?? []).map(({ port }) => port),
  }))
}

/** A small number of one of them may be about some; from `from` on it is about all. */
function listCounts(root: string, haeuser: readonly HausFacts[]): readonly CountFacts[] {
  const rooms = roomsOf(root).filter(({ kind }) => kind === 'package')
  const one = (noun: string, value: number, from: number): CountFacts => ({ noun, values: [value], from })
  return [
    one('commands', commandTable.length, 6),
    one('finding codes', Object.keys(findingCodes).length, 6),
    one('fault codes', Object.keys(faultCodes).length, 3),
    one('exit codes', Object.keys(exitCodes).length, 4),
    one('doctor checks', choices.checks.length, 3),
    one('incidents', incidents.length, 6),
    one('kinds of documents', Object.keys(documentKinds).length, 3),
    one('output schemas', Object.keys(commandOutputs).length, 6),
    one('roles', roleNames.length, 2),
    one('gates', releaseGates.length, 3),
    one('reasons against an upgrade|refusals', choices.refusals.length, 3),
    one('verdicts', verdict.options.length, 3),
    one('layers', layerNames.length, 3),
    one('render targets', choices.targets.length, 3),
    one('kinds of probes|probe kinds', Object.keys(probeKinds).length, 3),
    one('kinds of faults|faults of a drill', choices.drillFaults.length, 3),
    // Checks of whom, nobody says: those of doctor, or the suites of verify.
    { noun: 'checks', values: [choices.checks.length, choices.suites.length], from: 6 },
    { noun: 'packages', values: [rooms.length, rooms.filter(({ manifest }) => manifest.private !== true).length], from: 5 },
    { noun: 'services', values: haeuser.map(({ services }) => services.length), from: 12 },
  ]
}

const CAPITALS = /\b[A-Z][A-Z0-9]*(?:_+[A-Z0-9]+)+\b/g

/** Variables of the environment that a test alone reads. */
function listVariables(root: string, files: readonly string[]): readonly string[] {
  const tests = files.filter((file) => /^(?:packages|apps|tools)\/.*\.ts$/.test(file) && !isSource.test(file))
  return tests.flatMap(
    (file) =>
      readFileSync(join(root, file), 'utf8').match(
        /(?<=\benv(?:\.|\['))[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|\bSANCTUM_[A-Z0-9]+(?:_[A-Z0-9]+)*\b/g,
      ) ?? [],
  )
}

/** Texts between quotes. */
function listLiterals(source: string): readonly string[] {
  return source.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? []
}

/** Names of fields: `tokens_today:` and `.tokens_today`. */
function listProperties(source: string): readonly string[] {
  return source.match(/\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?=\??:)|(?<=\.)[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b/g) ?? []
}

function listNames(texts: readonly string[], schemas: readonly unknown[]): readonly string[] {
  return unique([...texts.flatMap((text) => text.match(/\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b/g) ?? []), ...schemas.flatMap(listKeys)])
}

function listKeys(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, value]) => [key, ...listKeys(value)])
}

/** The parts of a path that a text may be: between slashes, and between what is put in. */
function listPieces(literal: string): readonly string[] {
  const text = literal.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, '\0')
  return /\s/.test(text) ? [] : text.split(/[/\0]/).filter((piece) => /^[\w.-]{2,40}$/.test(piece))
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted()
}
