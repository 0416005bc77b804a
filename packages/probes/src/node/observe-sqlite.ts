import type { Sight } from '../judge-answer.ts'
import type { SqliteTarget } from '../kinds/sqlite.ts'
import type { ProbeOf } from '../probe-kind.ts'
import type { ProbePorts } from '../probe-ports.ts'

export async function observeSqlite(
  { timeout_ms }: ProbeOf<'sqlite'>,
  { path }: SqliteTarget,
  deadline: AbortSignal,
  { checkSqlite }: ProbePorts,
): Promise<Sight> {
  const check = await checkSqlite(path, deadline)
  if (check.kind === 'sound') return { kind: 'passed', detail: `${path} is sound` }
  // A large file takes long: that is no damage.
  if (deadline.aborted) return { kind: 'could-not-check', detail: `looking at ${path} takes longer than ${timeout_ms} ms` }
  if (check.kind === 'unreadable') return { kind: 'could-not-check', detail: `cannot look at ${path}: ${check.why}` }
  return { kind: 'failed', cause: 'wrong-answer', detail: `${path} is damaged: ${check.problems[0] ?? 'quick_check does not say how'}` }
}
