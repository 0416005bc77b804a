import type { Sight } from '../judge-answer.ts'

/** What it says that a file could not be read: it is not there, or this user may not look. */
export function toFileSight(path: string, error: unknown): Sight {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'failed', cause: 'stale', detail: `${path} does not exist` }
  return { kind: 'could-not-check', detail: `cannot look at ${path}: ${code ?? String(error)}` }
}
