import type { Sight } from '../judge-answer.ts'
import type { ProcessTarget } from '../kinds/process.ts'
import type { ProbeOf } from '../probe-kind.ts'
import { findProcesses, type ProcessSeen, readProcess } from './read-process.ts'

/** A pid comes back only after many others; by then more time is gone than two clocks and a slow start may differ. */
const SAME_START_MS = 60_000

export async function observeProcess(
  _probe: ProbeOf<'process'>,
  { process: known, pattern, replaced }: ProcessTarget,
  deadline: AbortSignal,
): Promise<Sight> {
  if (known !== null) {
    const seen = await readProcess(known.pid, deadline)
    return seen === null ? gone(`process ${known.pid} is gone`) : withDrift(judgeProcess(seen, known.startedAtMs, pattern), replaced)
  }
  const found = await findProcesses(pattern ?? '', deadline)
  const sights = found.map((seen) => judgeProcess(seen, null, pattern))
  return sights.find(({ kind }) => kind === 'passed') ?? sights[0] ?? gone(`no process has ${JSON.stringify(pattern)} in its command line`)
}

function judgeProcess({ pid, state, startedAtMs, command }: ProcessSeen, knownStartMs: number | null, pattern: string | null): Sight {
  if (knownStartMs !== null && startedAtMs !== null && Math.abs(startedAtMs - knownStartMs) > SAME_START_MS)
    return { kind: 'failed', cause: 'wrong-owner', detail: `process ${pid} is another one, started later` }
  if (/^[ZXx]/.test(state)) return gone(`process ${pid} has ended and waits to be collected`)
  if (/^[Tt]/.test(state)) return { kind: 'failed', cause: 'not-running', detail: `process ${pid} is stopped by a signal` }
  if (pattern !== null && !command.includes(pattern))
    return { kind: 'failed', cause: 'wrong-owner', detail: `process ${pid} does not have ${JSON.stringify(pattern)} in its command line` }
  return { kind: 'passed', detail: `process ${pid} lives` }
}

/** It lives and does its work, but not with what lies on the disk now: the next start may be another program. */
function withDrift(sight: Sight, replaced: ProcessTarget['replaced']): Sight {
  return sight.kind === 'passed' && replaced !== null
    ? { ...sight, drift: `it still runs the former ${replaced.file}: ${replaced.how}` }
    : sight
}

function gone(detail: string): Sight {
  return { kind: 'failed', cause: 'not-running', detail }
}
