import { build } from 'plist'
import { judgeText, LONGEST_WORD_BYTES, type TextProblem } from '../judge-text.ts'
import type { LaunchdJob } from './launchd-job.ts'

export interface PlistProblem extends TextProblem {
  /** Key in the plist that holds the text. */
  readonly key: string
  readonly observed: string
}

/** Writes a job as a plist. Texts that XML cannot hold become problems; then there is no text. */
export function toPlist(job: LaunchdJob): { readonly text: string; readonly problems: readonly PlistProblem[] } {
  const problems = Object.entries(job).flatMap(([key, value]) => textsOf(value).flatMap((text) => judge(key, text)))
  if (problems.length > 0) return { text: '', problems }
  return { text: `${build(job as unknown as Parameters<typeof build>[0])}\n`, problems }
}

function judge(key: string, text: string): readonly PlistProblem[] {
  const problem = judgeText(text, 'plist', LONGEST_WORD_BYTES)
  return problem === null ? [] : [{ key, observed: text, ...problem }]
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsOf)
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, each]) => [key, ...textsOf(each)])
  return []
}
