import { type PieceKind, pieceKinds, type RecordedExample } from '@sanctum/contracts'
import type { RepoContract } from './repo-contract.ts'

/** One thing that a repository provides. */
export interface Provision {
  readonly kind: PieceKind
  readonly name: string
  readonly about: string
  /** A key of the owners of its repository. */
  readonly owner: string
  readonly path: readonly string[]
  /** Its own version, or that of its repository. */
  readonly version: string
  readonly port?: number
  readonly protocol?: string
  readonly service?: string
  readonly format?: string
  /** Where a service says what it was built from. */
  readonly revisionAt?: string
  /** Where a file lies. */
  readonly file?: string
  readonly endpoint?: { readonly method: string; readonly path: string; readonly isSafe: boolean; readonly sources: readonly string[] }
}

/** One thing that a repository relies on. */
export interface Expectation {
  readonly kind: PieceKind
  readonly name: string
  readonly about: string
  readonly owner: string
  readonly path: readonly string[]
  /** The repository that provides it; null: the machine. */
  readonly from: string | null
  readonly isOptional: boolean
  readonly atLeast?: string
  readonly range?: string
  readonly port?: number
  readonly protocol?: string
  readonly format?: string
  readonly examples: readonly RecordedExample[]
}

/** What a contract provides, kind by kind, as written. */
export function listProvisions({ document }: RepoContract): Provision[] {
  return toEntries(document.provides).map(({ kind, name, piece }) => ({
    kind,
    name,
    about: String(piece['about']),
    owner: String(piece['owner'] ?? document.owner),
    path: ['provides', kind, name],
    version: String(piece['version'] ?? document.version),
    ...pick(piece, ['port', 'service', 'format']),
    ...(kind === 'ports' ? { protocol: String(piece['protocol'] ?? 'tcp') } : {}),
    ...(piece['revision_at'] === undefined ? {} : { revisionAt: String(piece['revision_at']) }),
    ...(kind === 'files' ? { file: String(piece['path']) } : {}),
    ...(kind === 'endpoints' ? { endpoint: toEndpoint(piece) } : {}),
  }))
}

/** What a contract expects, kind by kind, as written. */
export function listExpectations({ document }: RepoContract): Expectation[] {
  return toEntries(document.expects).map(({ kind, name, piece }) => ({
    kind,
    name,
    about: String(piece['about']),
    owner: String(piece['owner'] ?? document.owner),
    path: ['expects', kind, name],
    from: (piece['from'] as string | undefined) ?? null,
    isOptional: piece['optional'] === true,
    ...pick(piece, ['port', 'protocol', 'range', 'format']),
    ...(piece['at_least'] === undefined ? {} : { atLeast: String(piece['at_least']) }),
    examples: (piece['examples'] as readonly RecordedExample[] | undefined) ?? [],
  }))
}

/** A piece for a sentence: `the command "sanctumctl doctor"`. */
export function describePiece({ kind, name }: { readonly kind: PieceKind; readonly name: string }): string {
  return `the ${nouns[kind]} ${/[\s@/]/.test(name) ? `"${name}"` : name}`
}

export const nouns: Readonly<Record<PieceKind, string>> = {
  services: 'service',
  commands: 'command',
  files: 'file',
  ports: 'port',
  events: 'event',
  packages: 'package',
  endpoints: 'endpoint',
  paths: 'path',
  environment: 'variable',
  secrets: 'secret',
  programs: 'program',
}

type Piece = Readonly<Record<string, unknown>>

function toEntries(half: object | undefined): { kind: PieceKind; name: string; piece: Piece }[] {
  const kinds = (half ?? {}) as Readonly<Partial<Record<PieceKind, Readonly<Record<string, Piece>>>>>
  return pieceKinds.flatMap((kind) => Object.entries(kinds[kind] ?? {}).map(([name, piece]) => ({ kind, name, piece })))
}

function pick(piece: Piece, names: readonly string[]): object {
  return Object.fromEntries(names.flatMap((name) => (piece[name] === undefined ? [] : [[name, piece[name]]])))
}

function toEndpoint(piece: Piece): NonNullable<Provision['endpoint']> {
  const method = String(piece['method'] ?? 'GET')
  return {
    method,
    path: String(piece['path']),
    isSafe: piece['safe'] === true || method === 'GET' || method === 'HEAD',
    sources: (piece['sources'] as readonly string[] | undefined) ?? [],
  }
}
