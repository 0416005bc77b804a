import { type Finding, type HostFacts, hostFacts } from '@sanctum/contracts'
import { hostFinding } from './host-finding.ts'
import { isPlainObject, ownValue, valueAt } from './plain-data.ts'

export type FactsReading =
  | { readonly kind: 'read'; readonly facts: HostFacts; readonly findings: readonly [] }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] }

/** Saved facts: the document itself, or the answer of `host facts --json` around it. */
export function parseFacts(text: string, file: string): FactsReading {
  const parsed = parseJson(text)
  if (!parsed.ok) return { kind: 'invalid', findings: [toFinding(file, `is no JSON: ${parsed.why}`, parsed.line, parsed.column)] }
  const document = ownValue(ownValue(parsed.value, 'data'), 'facts') ?? parsed.value
  const version = ownValue(document, 'schema_version')
  if (isPlainObject(document) && version !== 1)
    return {
      kind: 'invalid',
      findings: [
        toFinding(
          file,
          `has schema_version ${JSON.stringify(version) ?? 'missing'}; this Sanctum reads 1`,
          ...placeOfKey(text, ['schema_version']),
        ),
      ],
    }
  const facts = hostFacts.safeParse(document)
  if (facts.success) return { kind: 'read', facts: facts.data, findings: [] }
  return {
    kind: 'invalid',
    findings: facts.error.issues.map(({ path, message }) => {
      const keys = path.map(String)
      const seen = JSON.stringify(valueAt(document, keys))
      return toFinding(
        file,
        `${keys.join('.') || 'the document'}: ${message}${seen === undefined ? '' : `, not ${seen.slice(0, 60)}`}`,
        ...placeOfKey(text, keys),
      )
    }),
  }
}

function toFinding(file: string, what: string, line: number, column: number): Finding {
  return hostFinding('FACTS_INVALID', `${file} ${what}`, {
    at: { file, line, column },
    fix: { text: 'Save the facts anew on the machine that they describe.', command: `sanctumctl host facts --json > ${file}` },
  })
}

type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: string; readonly line: number; readonly column: number }

function parseJson(text: string): JsonReading {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unreadable'
    const offset = /position (\d+)/.exec(why)?.[1]
    return {
      ok: false,
      why: why.replace(/ \(line.*$/, '').replace(/ in JSON at position.*$/, ''),
      ...toPlace(text, offset === undefined ? text.length : Number(offset)),
    }
  }
}

/** Where the innermost of these keys is written. Facts have no two objects with the same keys in a row that matter to a reader. */
function placeOfKey(text: string, keys: readonly string[]): [number, number] {
  let from = 0
  let found = 0
  for (const key of keys) {
    const at = text.indexOf(`${JSON.stringify(key)}:`, from)
    if (at === -1) break
    found = at
    from = at + key.length
  }
  const { line, column } = toPlace(text, found)
  return [line, column]
}

function toPlace(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
