import type { Finding } from '@sanctum/contracts'
import { createFinding, quote } from './create-finding.ts'
import type { Located, LocatedScalar } from './located.ts'

/** Finds secrets that were written into a document. What they are is never repeated. */
export function findSecrets(root: Located): Finding[] {
  const findings: Finding[] = []
  const isSecret = createNameJudge()
  visit(root, '', (scalar, key) => {
    const why = judge(scalar, key, isSecret)
    if (why !== null) findings.push(createFinding('SECRET_LITERAL', scalar.at, why, advice))
  })
  return findings
}

/** True if a value should not be repeated in a message. */
export function isSecretive(scalar: LocatedScalar, key: string): boolean {
  return judge(scalar, key, isSecretName) !== null
}

/** The shape of a secret anywhere in a text, by offset; for documents that are no YAML. */
export function findSecretShape(text: string): { readonly name: string; readonly offset: number } | null {
  for (const [name, shape] of shapes) {
    const offset = text.search(shape)
    if (offset >= 0) return { name, offset }
  }
  return null
}

export const advice =
  'Put the value into ~/.sanctum/secrets/<name> with mode 0600, and give it to the program through run.secrets. Then replace the value itself: it is known now.'

function visit(node: Located, key: string, see: (scalar: LocatedScalar, key: string) => void): void {
  if (node.kind === 'scalar') see(node, key)
  else if (node.kind === 'map') for (const entry of node.entries) visit(entry.value, entry.key, see)
  else visitList(node.items, key, see)
}

/** In a command line `--token x` are two items; the second has the name of the first. */
function visitList(items: readonly Located[], key: string, see: (scalar: LocatedScalar, key: string) => void): void {
  for (const [index, item] of items.entries()) {
    const before = items[index - 1]
    const flag = before?.kind === 'scalar' && typeof before.value === 'string' && /^--?[A-Za-z]/.test(before.value) ? before.value : key
    visit(item, flag, see)
  }
}

/** A document asks of the same few keys again and again. */
function createNameJudge(): typeof isSecretName {
  const known = new Map<string, boolean>()
  return (name) => {
    const isSecret = known.get(name) ?? isSecretName(name)
    known.set(name, isSecret)
    return isSecret
  }
}

function judge({ value }: LocatedScalar, key: string, isSecret: typeof isSecretName): string | null {
  if (typeof value !== 'string' || value.length > 10_000) return null
  const shape = value.length < shortestShape ? null : findSecretShape(value)
  if (shape) return `The value has the shape of ${shape.name}.`
  const [, flag, behind] = /^--?([A-Za-z][A-Za-z0-9-]*)=(.+)$/s.exec(value) ?? []
  const [name, literal] = flag === undefined ? [key, value] : [flag, behind as string]
  return isSecret(name) && isLiteral(literal) ? `The value of ${quote(name)} looks like a secret.` : null
}

const shapes: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an API key', /\bsk-[A-Za-z0-9_-]{16,}/],
  [
    'an access token',
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{30,})/,
  ],
  ['a signed token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\./],
  ['an authorization header', /\b(?:bearer|basic)\s+(?!\$\{)[a-z0-9._~+/=-]{12,}/i],
  ['an address with a password', /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@:${}]{1,100}:(?!\$\{)[^\s/@${}]{1,200}@/],
]

/** An address with a password: `ab://u:p@`. Most values of a catalog are shorter words. */
const shortestShape = 9

const secretNames =
  /(?:^|[_.-])(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credentials?|bearer)$/i

/** Keys of our own documents that name a secret and hold none. */
const pointers = new Set(['secret', 'api_key_secret'])

function isSecretName(name: string): boolean {
  const plain = name.replace(/^--?/, '').replaceAll(/([a-z])([A-Z])/g, '$1_$2')
  return !pointers.has(plain) && secretNames.test(plain)
}

/** Not a placeholder, not a path, not a word that switches something. */
function isLiteral(value: string): boolean {
  const text = value.trim()
  return (
    text.length >= 4 &&
    !text.includes('${') &&
    !/^[~./]/.test(text) &&
    !/^(?:true|false|none|null|env|file|keychain|\d{1,6})$/i.test(text) &&
    !text.startsWith('-')
  )
}
