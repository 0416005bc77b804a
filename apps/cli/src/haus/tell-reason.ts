import { Refused } from '../command.ts'

/** Why something was refused, in one line: the first error with its place, and how many others there are. */
export function tellReason(error: Error): string {
  if (!(error instanceof Refused)) return error.message
  const errors = error.findings.filter(({ severity }) => severity === 'error')
  const [first, ...others] = errors.length > 0 ? errors : error.findings
  if (first === undefined) return error.message
  const place = first.at === undefined ? '' : `${first.at.file}:${first.at.line}:${first.at.column} `
  return `${place}${first.message.replace(/\.$/, '')}${others.length > 0 ? `, and ${others.length} more` : ''}`
}
