import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  catalogCodes,
  contractCodes,
  type ExitName,
  exitCodes,
  type FindingCode,
  faultCodes,
  findingCodes,
  generationCodes,
  hostCodes,
  renderCodes,
} from '@sanctum/contracts'
import type { CommandDefinition } from '../../../apps/cli/src/command.ts'
import { importsOf } from '../../checks/read-source.ts'

/** What any command may end with: the system may refuse to let it read as well. */
export const usualExits: readonly ExitName[] = ['ok', 'usage', 'unavailable', 'bug', 'permission', 'interrupted', 'terminated']
/** What the system may refuse to a command that changes something. */
const writingExits: readonly ExitName[] = ['cannotWrite', 'locked']
/** What a command may end with that reads the catalog and this machine's own layer. */
const resolvingExits: readonly ExitName[] = ['invalid', 'hostConfig']

const source = 'apps/cli/src'

/** The codes of what a package finds. */
const codesOfPackages: Readonly<Record<string, Readonly<Record<string, FindingCode>>>> = {
  '@sanctum/catalog': catalogCodes,
  '@sanctum/generations': generationCodes,
  '@sanctum/host-resolver': hostCodes,
  '@sanctum/render': renderCodes,
  '@sanctum/repo-contracts': contractCodes,
}

/**
 * What else a command may end with, found in the code that it reaches: the names of exits that stand in a decision there, and the exits of
 * the findings and faults that are made there or, where it refuses by what packages found, of those packages. It names what may be, so a
 * shared piece may bring one that this command never comes to.
 */
export function exitsOf(root: string, { load, path, writes }: CommandDefinition): readonly ExitName[] {
  // Whoever runs this may have rewritten the import, but never the name of the file.
  const entry = /commands\/[\w-]+\.ts/.exec(load.toString())?.[0]
  if (entry === undefined) throw new Error(`no module can be read out of ${load.toString()}`)
  const files = reach(root, join(source, entry), new Set())
  const decided = [...files].flatMap((file) => exitsIn(readFileSync(join(root, file), 'utf8')))
  const passed = [...files].flatMap((file) => (passesOn(root, file) ? exitsOfPackages(root, file) : []))
  const resolves = [...files].some((file) => file.startsWith(`${source}/haus/`))
  // The meaning of a code that one command alone has begins with its name.
  const own = (Object.keys(exitCodes) as ExitName[]).filter((name) => exitCodes[name].meaning.startsWith(`${path.join(' ')}: `))
  const found = new Set([...decided, ...passed, ...own, ...(writes ? writingExits : []), ...(resolves ? resolvingExits : [])])
  return (Object.keys(exitCodes) as ExitName[]).filter((name) => found.has(name) && !usualExits.includes(name))
}

function reach(root: string, file: string, seen: Set<string>): ReadonlySet<string> {
  if (seen.has(file) || !existsSync(join(root, file))) return seen
  seen.add(file)
  for (const { specifier, typeOnly } of importsOf(file, readFileSync(join(root, file), 'utf8')))
    if (specifier.startsWith('.') && !typeOnly) reach(root, join(dirname(file), specifier), seen)
  return seen
}

function exitsIn(text: string): readonly ExitName[] {
  const made = [...text.matchAll(/(?:code: |new Fault\()'([A-Z][A-Z0-9_]+)'/g)].flatMap(([, code]) => exitOfCode(code as string) ?? [])
  const decided = (Object.keys(exitCodes) as ExitName[]).filter((name) =>
    new RegExp(`(?:exit\\b[^\\n]*|Refused\\([^\\n]*|[?:] )'${name}'`).test(text),
  )
  return [...decided, ...made]
}

/** It refuses by findings that were made elsewhere; what comes of resolving the haus is counted above. */
function passesOn(root: string, file: string): boolean {
  return !file.startsWith(`${source}/haus/`) && /new Refused\((?!\[)[^,\n]+\)$/m.test(readFileSync(join(root, file), 'utf8'))
}

function exitsOfPackages(root: string, from: string): readonly ExitName[] {
  const imports = [...reach(root, from, new Set())].flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')))
  const tables = imports.map(({ specifier, typeOnly }) => (typeOnly ? {} : (codesOfPackages[specifier] ?? {})))
  return tables.flatMap((table) => Object.values(table).flatMap(({ exit }) => exit ?? []))
}

function exitOfCode(code: string): ExitName | undefined {
  const findings: Readonly<Record<string, FindingCode>> = findingCodes
  const faults: Readonly<Record<string, { readonly exit: ExitName }>> = faultCodes
  return findings[code]?.exit ?? faults[code]?.exit
}
