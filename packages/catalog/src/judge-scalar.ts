import type { Finding, Position } from '@sanctum/contracts'
import type { Scalar } from 'yaml'
import { createFinding } from './create-finding.ts'

/** Findings about a number that does not say what it seems to: `1.10` is 1.1, and `012` is twelve or ten. */
export function judgeScalar({ type, value, source }: Pick<Scalar, 'type' | 'value' | 'source'>, at: Position): Finding[] {
  if (type !== 'PLAIN' || typeof value !== 'number' || source === undefined || source.length > 60) return []
  const losesZero = /^[-+]?\d+\.\d*0$/.test(source) && !/^[-+]?0\d/.test(source)
  if (losesZero)
    return [
      createFinding(
        'VERSION_LIKE_NUMBER',
        at,
        `${source} is read as the number ${value}.`,
        `Write "${source}" in quotes if it is a version, or ${value} if it is a number.`,
      ),
    ]
  if (/^[-+]?0\d/.test(source))
    return [
      createFinding(
        'LEADING_ZERO',
        at,
        `${source} is read as the number ${value}.`,
        `Write "${source}" in quotes if it is text, or ${value} if it is a number.`,
      ),
    ]
  return []
}
