import type { Finding, Origin } from '@sanctum/contracts'
import type { ExpansionProblem } from './expand-by-schema.ts'
import type { Lookup } from './expand-text.ts'
import { hostFinding, placeOf, relatedPlaces } from './host-finding.ts'

export interface UnexpandedText {
  /** Dotted, for a person. */
  readonly path: string
  readonly origin: Origin
  readonly problem: ExpansionProblem
  /** Where a path such as `paths.logs` was said. */
  originOfPath(name: string): Origin
}

/** What to tell a person about a text that could not be expanded; null where the cause is told elsewhere. */
export function judgeExpansion(text: UnexpandedText): Finding | null {
  const { path, origin, problem } = text
  if (problem.kind === 'unfinished')
    return hostFinding('PLACEHOLDER_UNFINISHED', `${path} opens a placeholder and does not close it`, {
      ...placeOf(origin),
      fix: { text: 'Close it with }, or write $${ for a literal ${.' },
    })
  if (problem.kind === 'literal')
    return hostFinding('PLACEHOLDER_IN_LITERAL', `${path} is taken literally, so \${${problem.placeholder}} would stay in it`, {
      ...placeOf(origin),
      fix: { text: 'Write the value itself, or move it to a field that takes placeholders.' },
    })
  return judgeLookup(text, problem.placeholder, problem.lookup)
}

function judgeLookup(
  { path, origin, originOfPath }: UnexpandedText,
  placeholder: string,
  lookup: Exclude<Lookup, { kind: 'value' }>,
): Finding | null {
  switch (lookup.kind) {
    case 'blocked':
      return null
    case 'unresolved':
      return hostFinding('PLACEHOLDER_UNRESOLVED', `${path} uses \${${placeholder}}, but ${lookup.why}`, {
        ...placeOf(origin),
        fix: { text: lookup.fix },
      })
    case 'unset':
      return hostFinding('PLACEHOLDER_UNSET', `${path} uses \${${placeholder}}, but ${lookup.variable} is not set`, {
        ...placeOf(origin),
        fix: { text: `Set ${lookup.variable}, or give the value in this machine's instance.yaml.` },
      })
    case 'secret':
      return hostFinding('SECRET_MISPLACED', `${path} refers to the secret ${lookup.name}, but what stands there is written into files`, {
        ...placeOf(origin),
        fix: { text: `Name ${lookup.name} under run.secrets of the service, such as run.secrets: { TOKEN: { secret: ${lookup.name} } }.` },
      })
    case 'holds-secret':
      return hostFinding(
        'VARIABLE_HOLDS_SECRET',
        `${path} would copy ${lookup.variable} out of the environment, and its name or value is that of a secret`,
        {
          ...placeOf(origin),
          fix: { text: `Write the value to a file under secrets/ (mode 0600) and name that file under run.secrets of the service.` },
        },
      )
    case 'circular': {
      const members = [...new Set(lookup.path)]
      return hostFinding('PLACEHOLDER_CIRCULAR', `${path} can never have a value: ${lookup.path.join(' → ')}`, {
        ...placeOf(origin),
        ...relatedPlaces(members.map((name) => ({ origin: originOfPath(name), message: `${name} is defined by the next one` }))),
        fix: { text: `Give one of ${members.join(', ')} a value of its own.` },
      })
    }
  }
}
