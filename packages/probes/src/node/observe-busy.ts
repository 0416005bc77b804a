import type { BusySource } from '@sanctum/contracts'
import { judgeTraces, judgeWork, type Work } from '../judge-busy.ts'
import { toWebUrl } from '../probe-address.ts'
import type { ProbeContext, ProbeOf } from '../probe-kind.ts'
import { readBody } from './observe-http.ts'
import { openRequest } from './open-request.ts'
import { readLogTail, readTail } from './read-tail.ts'

const TAIL_BYTES = 256 * 1024
/** A source that is itself slow says nothing. */
const SOURCE_MS = 2000

/** Whether a service shows that it works; null where it shows nothing, or the source cannot be read. */
export async function observeBusy(source: BusySource, tls: ProbeOf<'http'>['tls'], context: ProbeContext): Promise<Work | null> {
  try {
    if (source.from === 'log') return judgeTraces(source, await readLogTail(source.file, TAIL_BYTES), Date.now())
    if (source.from === 'file') return judgeTraces(source, await readTail(source.file, 0), Date.now())
    return await askSource(source, tls, context)
  } catch {
    return null
  }
}

async function askSource(
  source: Extract<BusySource, { from: 'json' | 'metrics' }>,
  tlsOfProbe: ProbeOf<'http'>['tls'],
  context: ProbeContext,
): Promise<Work | null> {
  const tls = source.tls ?? tlsOfProbe
  const url = toWebUrl({ ...source, tls }, context)
  if (url.kind === 'none') return null
  let work: Work | null = null
  const question = { url: url.target, method: 'GET', headers: {}, tls, timeoutMs: SOURCE_MS }
  await openRequest(question, AbortSignal.timeout(SOURCE_MS), (response, progress, done) =>
    readBody(response, progress, done, (body) => {
      if (response.statusCode === 200) work = judgeWork(source, body, Date.now())
      return { kind: 'passed', detail: '' }
    }),
  )
  return work
}
