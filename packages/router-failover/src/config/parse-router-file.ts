import { type Backend, backend, type Finding, sortFindings } from '@sanctum/contracts'
import * as z from 'zod'
import { createFinding } from './create-finding.ts'
import { readYaml, suggest } from './read-yaml.ts'
import { type ParsedRouter, type ToPlace, toRouterDefinition } from './to-router-definition.ts'

/**
 * Text of a router file, which has the keys `default` and `backends`, to the definition of a router; or every reason why not, each with its
 * place and what to do. Throws for no text.
 */
export function parseRouterFile(text: string, fileName: string): ParsedRouter {
  const read = readYaml(text, fileName)
  if (read.kind === 'unreadable') return { kind: 'invalid', findings: read.findings }
  const { value, toPlace } = read
  const result = routerFile.safeParse(value)
  if (!result.success)
    return { kind: 'invalid', findings: sortFindings(result.error.issues.flatMap((issue) => explain(issue as Issue, value, toPlace))) }
  const { backends, default: defaultRoute = null } = result.data
  const parsed = toRouterDefinition({ backends: backends as Readonly<Record<string, Backend>>, defaultRoute }, toPlace)
  return { ...parsed, findings: sortFindings(parsed.findings) }
}

const routeName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/)
const routerFile = z.strictObject({ default: z.string().optional(), backends: z.record(routeName, backend) })

interface Issue {
  readonly code: string
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly keys?: readonly string[]
  readonly expected?: string
  readonly values?: readonly unknown[]
  readonly errors?: readonly (readonly Issue[])[]
}

function explain(issue: Issue, root: unknown, toPlace: ToPlace): Finding[] {
  const at = toPlace(issue.path)
  const name = nameOf(issue.path)
  const written = valueAt(root, issue.path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return (issue.keys ?? []).map((key) =>
        createFinding(
          'UNKNOWN_KEY',
          toPlace([...issue.path, key], 'key'),
          `${key.slice(0, 60)} is no key of ${name}.`,
          suggest(key, keysOf(issue.path)),
        ),
      )
    case 'invalid_key':
      return [
        createFinding(
          'BAD_ID',
          at,
          `${name} cannot be the name of a backend.`,
          'Use letters, digits and . _ : / -, a letter or digit first.',
        ),
      ]
    case 'invalid_union':
      return explainFallback(issue, root, toPlace)
    case 'invalid_value':
      return [createFinding('UNKNOWN_VALUE', at, `${name} has a value that it cannot have.`, `Use ${(issue.values ?? []).join(' or ')}.`)]
    case 'invalid_type':
      if (written === undefined) return [createFinding('MISSING_KEY', at, `${name} is missing.`, `Add ${name}: ${wordOf(issue.expected)}.`)]
      return [createFinding('WRONG_TYPE', at, `${name} is not ${wordOf(issue.expected)}.`, toTypeFix(issue.expected, written))]
    case 'too_small':
    case 'too_big':
      return [
        createFinding('OUT_OF_RANGE', at, `${name} is out of its range.`, `Write a number that fits: ${issue.message.toLowerCase()}.`),
      ]
    default:
      return [createFinding('BAD_FORMAT', at, `${name} cannot be used as it stands.`, `Write ${issue.message.toLowerCase()}.`)]
  }
}

/** An entry of fallback_urls is an address or a map; what is written tells which was meant. */
function explainFallback(issue: Issue, root: unknown, toPlace: ToPlace): Finding[] {
  const written = valueAt(root, issue.path)
  const branch = typeof written === 'object' && written !== null && !Array.isArray(written) ? issue.errors?.at(-1) : null
  if (branch) return branch.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] }, root, toPlace))
  const fix = 'Write an address, or a map such as { url: ..., model: ... }.'
  return [createFinding('WRONG_TYPE', toPlace(issue.path), `${nameOf(issue.path)} is neither an address nor a map.`, fix)]
}

function keysOf(path: readonly (string | number)[]): readonly string[] {
  if (path.length === 0) return Object.keys(routerFile.shape)
  if (path.length === 2) return Object.keys(backend.shape)
  if (path.at(-1) === 'timeouts') return ['connect_ms', 'first_token_ms', 'idle_ms', 'total_ms']
  return targetKeys
}

const targetKeys = [
  'url',
  'model',
  'locality',
  'api_key_env',
  'api_key_secret',
  'ca_cert_path',
  'client_cert_path',
  'client_key_path',
  'prefill',
]

function nameOf(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'a router file'
  const last = path.at(-1) as string | number
  return typeof last === 'number' ? `entry ${last + 1} of ${nameOf(path.slice(0, -1))}` : last.slice(0, 60)
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined),
    root,
  )
}

const words: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
}

function wordOf(expected = ''): string {
  return words[expected] ?? 'another value'
}

function toTypeFix(expected: string | undefined, written: unknown): string {
  if (expected === 'string' && typeof written === 'number') return 'Put it in quotes.'
  if (expected === 'array' && typeof written === 'string') return 'Write a list: put it in [ ].'
  if (expected === 'boolean') return 'Write true or false.'
  return `Write ${wordOf(expected)}.`
}
