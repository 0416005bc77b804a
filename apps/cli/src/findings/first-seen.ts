import { Fault, type Finding, parseJson } from '@sanctum/contracts'
import { planJot } from '@sanctum/generations'
import type { Ports } from '../ports.ts'

/** `state/findings.json`: by code and subject, ms since the epoch. Only doctor reads and writes it. */
interface FirstSeenDocument {
  readonly schema_version: 1
  readonly seen: Readonly<Record<string, number>>
}

/** When each finding that was there at the last look was first seen. What cannot be read is begun anew. */
export async function readFirstSeen({ files, home }: Pick<Ports, 'files' | 'home'>): Promise<ReadonlyMap<string, number>> {
  const text = await files.readText(pathIn(home)).catch(() => null)
  const seen: unknown = (parseJson(text) as Partial<FirstSeenDocument> | null)?.seen
  const entries = typeof seen === 'object' && seen !== null ? Object.entries(seen) : []
  return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}

/** Says of each finding since when this machine has it. */
export function dateFindings(findings: readonly Finding[], known: ReadonlyMap<string, number>, nowMs: number): Finding[] {
  return findings.map((finding) => ({ ...finding, first_seen_ms: known.get(keyOf(finding)) ?? nowMs }))
}

/**
 * Keeps what was found and forgets what is gone. A look that asked only some checks knows nothing of the rest, and forgets nothing.
 * A doctor that cannot write is a doctor all the same.
 */
export async function keepFirstSeen(
  { files, home }: Pick<Ports, 'files' | 'home'>,
  {
    findings,
    known,
    isWhole,
  }: { readonly findings: readonly Finding[]; readonly known: ReadonlyMap<string, number>; readonly isWhole: boolean },
): Promise<void> {
  const found = findings.flatMap((finding) =>
    finding.first_seen_ms === undefined ? [] : [[keyOf(finding), finding.first_seen_ms] as const],
  )
  const kept = new Map([...(isWhole ? [] : known), ...found])
  if (kept.size === known.size && [...kept].every(([key, atMs]) => known.get(key) === atMs)) return
  const document: FirstSeenDocument = { schema_version: 1, seen: Object.fromEntries([...kept].sort()) }
  const text = `${JSON.stringify(document)}\n`
  try {
    await files.perform(planJot(pathIn(home), text), home)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
  }
}

function keyOf({ code, subject, at }: Finding): string {
  return `${code} ${subject ?? (at === undefined ? '' : `${at.file}:${at.line}`)}`
}

function pathIn(home: string): string {
  return `${home}/state/findings.json`
}
