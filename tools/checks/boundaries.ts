import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix } from 'node:path'
import { findCircles, type RelativeImport } from './find-circles.ts'
import { type ImportSeen, importsOf, type UseSeen, usesOf } from './read-source.ts'
import { type Room, roomsOf, typescriptOf } from './workspace-files.ts'

/**
 * Who may import what (ARCHITECTURE.md). A program of our own, because the rules depend on where a file lies and on a list per
 * package, which a linter's patterns cannot say without a block for each. That pure code has no globals of Node is the compiler's
 * part (tsconfig.pure.json); that it takes no time and no chance from the language itself is looked for here.
 */
export async function checkBoundaries(root: string): Promise<readonly string[]> {
  const rooms = roomsOf(root)
  const apps = rooms.filter(({ kind }) => kind === 'app').map(({ name }) => name)
  const imports = new Map<string, readonly RelativeImport[]>()
  const problems = rooms.flatMap((room) =>
    typescriptOf(root, room).flatMap((file) => {
      const source = readFileSync(join(root, file), 'utf8')
      const seen = importsOf(file, source)
      imports.set(
        file,
        seen.flatMap((one) => toRelative(file, one)),
      )
      return problemsOf({ room, apps, part: partOf(room, file), file }, seen, usesOf(file, source))
    }),
  )
  return [...problems, ...findCircles(imports)]
}

function toRelative(file: string, { specifier, line }: ImportSeen): readonly RelativeImport[] {
  return specifier.startsWith('.') ? [{ target: toTarget(file, specifier), line }] : []
}

function toTarget(file: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(file), specifier))
}

/** Third-party libraries by package: each of the package's own trade. */
const trades: Readonly<Record<string, readonly string[]>> = {
  contracts: ['zod'],
  catalog: ['yaml'],
  release: ['@sigstore/bundle', '@sigstore/protobuf-specs', '@sigstore/sign', '@sigstore/verify', 'semver', 'yaml'],
  render: ['plist', 'yaml'],
  generations: ['diff'],
  'repo-contracts': ['semver'],
  'router-failover': ['undici', 'yaml', 'zod'],
}

/** Private rooms whose whole job is testing; they read what a test run was told and may touch the machine. */
const testRooms = ['testkit']

type Part = 'pure' | 'node' | 'testing' | 'wire' | 'main' | 'app' | 'config' | 'test'

interface Place {
  readonly room: Room
  readonly apps: readonly string[]
  readonly part: Part
  readonly file: string
}

function problemsOf(place: Place, imports: readonly ImportSeen[], uses: readonly UseSeen[]): readonly string[] {
  return [
    ...imports.flatMap((seen) => at(place.file, seen.line, judgeImport(place, seen))),
    ...uses.flatMap((seen) => at(place.file, seen.line, judgeUse(place, seen))),
  ]
}

function partOf(room: Room, file: string): Part {
  const inside = file.slice(room.path.length + 1)
  if (inside.endsWith('.test.ts') || inside.startsWith('test/')) return 'test'
  if (!inside.startsWith('src/')) return 'config'
  if (room.kind === 'app') return inside === 'src/main.ts' ? 'main' : /^src\/wire(-[a-z]+)?\.ts$/.test(inside) ? 'wire' : 'app'
  if (inside.startsWith('src/node/')) return 'node'
  return inside.startsWith('src/testing/') ? 'testing' : 'pure'
}

function judgeImport(place: Place, { specifier, typeOnly }: ImportSeen): string | undefined {
  const { room, part } = place
  if (specifier.startsWith('.')) return judgeRelative(place, specifier)
  if (part === 'config') return undefined
  const { name, ownRoom, subpath } = splitSpecifier(specifier)
  if (isBuiltin(name)) return part === 'pure' ? `pure code imports ${specifier}; declare a port and implement it in src/node` : undefined
  if (ownRoom === undefined) return part === 'test' ? undefined : judgeThirdParty(room, part, name)
  if (room.kind === 'package') return judgeSibling(room, part, ownRoom)
  if (part === 'test') return undefined
  if (place.apps.includes(ownRoom)) return `an app imports ${specifier}; an app starts another as a program`
  return subpath === 'node' && part !== 'wire' && !typeOnly
    ? `${specifier} is imported outside of wire.ts, where ports meet implementations`
    : undefined
}

function judgeSibling(room: Room, part: Part, sibling: string): string | undefined {
  if (part === 'test' && [room.name, ...testRooms].includes(sibling)) return undefined
  const isContract = sibling === 'contracts' && room.name !== 'contracts'
  return isContract ? undefined : `a package imports @sanctum/${sibling}; packages meet only in contracts`
}

function judgeRelative({ room, part, file }: Place, specifier: string): string | undefined {
  if (part === 'config') return undefined
  const target = toTarget(file, specifier)
  if (!target.startsWith(`${room.path}/`)) {
    const isShared = part === 'test' && /^(catalogs|docs|tools)\//.test(target)
    return isShared ? undefined : `${specifier} reaches out of ${room.path}; import a package by its name`
  }
  const entersNode = part === 'pure' && target.startsWith(`${room.path}/src/node/`)
  return entersNode ? `pure code imports ${specifier}; decisions know no implementation` : undefined
}

function judgeThirdParty(room: Room, part: Part, name: string): string | undefined {
  if (room.kind === 'app' || part === 'testing' || testRooms.includes(room.name)) return undefined
  return (trades[room.name] ?? []).includes(name)
    ? undefined
    : `${name} is not of this package's trade (the table in tools/checks/boundaries.ts)`
}

function judgeUse({ room, part }: Place, { what, kind }: UseSeen): string | undefined {
  if (testRooms.includes(room.name)) return undefined
  if (kind === 'clock-or-chance') return part === 'pure' ? `pure code uses ${what}; time and chance are arguments` : undefined
  return ['node', 'wire', 'app', 'pure'].includes(part) ? `${what} is for main.ts alone; it hands on what others need` : undefined
}

function splitSpecifier(specifier: string): { name: string; ownRoom?: string; subpath?: string } {
  if (specifier.startsWith('node:')) return { name: specifier }
  const [first = '', second = '', ...rest] = specifier.split('/')
  if (first === '@sanctum') return { name: `${first}/${second}`, ownRoom: second, subpath: rest.join('/') }
  return { name: first.startsWith('@') ? `${first}/${second}` : first }
}

function at(file: string, line: number, problem: string | undefined): readonly string[] {
  return problem === undefined ? [] : [`${file}:${line}: ${problem}`]
}
