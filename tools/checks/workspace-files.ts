import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface Room {
  /** `packages/catalog` */
  readonly path: string
  /** `catalog` */
  readonly name: string
  readonly kind: 'package' | 'app'
  readonly manifest: Manifest
}

export interface Manifest {
  readonly name?: string
  readonly private?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

/** Every package and app below root, by its manifest. */
export function roomsOf(root: string): readonly Room[] {
  return globSync('{packages,apps}/*/package.json', { cwd: root })
    .toSorted()
    .map(dirname)
    .map((path) => ({
      path,
      name: basename(path),
      kind: path.startsWith('apps/') ? 'app' : 'package',
      manifest: JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')),
    }))
}

/** The TypeScript of one room, sources and tests, without what was built or installed. */
export function typescriptOf(root: string, room: Room): readonly string[] {
  return globSync(`${room.path}/{*.ts,{src,test}/**/*.ts}`, { cwd: root })
    .filter((file) => !file.includes('/fixtures/') && existsSync(join(root, file)))
    .toSorted()
}
