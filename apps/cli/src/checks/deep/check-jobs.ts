import {
  type Check,
  countWords,
  embeddedLive,
  type Finding,
  jobEnds,
  type ResolvedSchedule,
  type ResolvedService,
  type UnitState,
} from '@sanctum/contracts'
import type { DoctorContext } from '../doctor-context.ts'
import { toFinding } from './to-finding.ts'

const MINUTE_S = 60
const HOUR_S = 60 * MINUTE_S
const DAY_S = 24 * HOUR_S

/** Scheduled jobs, by the age of their last good end. That one was started proves nothing. */
export const checkJobs: Check<DoctorContext> = {
  id: 'jobs',
  title: 'scheduled jobs',
  async run({ command: { ports }, held, units }) {
    const jobs = Object.values(held().services).filter(({ schedule, run }) => schedule !== null && run !== null)
    if (jobs.length === 0) return { kind: 'not-applicable', reason: 'no job has a schedule here' }
    const states = new Map((await units()).map((state) => [state.service, state]))
    const now = ports.clock.now()
    const seen = toSeenRecords(parseJson(await ports.files.readText(`${ports.home}/state/job-ends.json`)))
    const judged = await Promise.all(
      jobs.map(async (job) => {
        const state = states.get(job.id) ?? null
        const record = (await readRecord(ports.files, ports.home, job.id)) ?? seen.get(job.id) ?? recordOf(state)
        return { record, findings: judgeJob(job, record, state, now) }
      }),
    )
    return { kind: 'ran', findings: judged.flatMap(({ findings }) => findings), proof: describeJobs(judged.map(({ record }) => record)) }
  },
}

/** What is proven where nothing is wrong: a job whose hour has not come has not ended well yet. */
export function describeJobs(records: readonly (JobRecord | null)[]): string {
  const ended = records.filter((record) => record !== null && record.lastSuccessAtMs !== null).length
  const rest = records.length - ended
  return [
    ...(ended > 0 ? [`${countWords(ended, 'job')} ended well within schedule`] : []),
    ...(rest > 0 ? [`${countWords(rest, 'job has', 'jobs have')} no end yet that could be judged`] : []),
  ].join(', ')
}

export interface JobRecord {
  readonly startedAtMs: number | null
  readonly lastExitAtMs: number | null
  readonly lastSuccessAtMs: number | null
  /** Given where nobody saw that end: it was after `lastSuccessAtMs` and by this time. */
  readonly lastSuccessByMs?: number | null
}

/** The embedded supervisor writes down when a job last ended well. */
async function readRecord(files: { readText(path: string): Promise<string | null> }, home: string, id: string): Promise<JobRecord | null> {
  const text = await files.readText(`${home}/state/embedded/live/${id}.json`)
  const live = embeddedLive.safeParse(parseJson(text)).data
  if (live === undefined) return null
  return { startedAtMs: live.started_at_ms, lastExitAtMs: live.last_exit_at_ms, lastSuccessAtMs: live.last_success_at_ms }
}

/** launchd counts runs and says no time: the watchdog writes down when it saw one end. */
export function toSeenRecords(document: unknown): ReadonlyMap<string, JobRecord> {
  const jobs = Object.entries(jobEnds.safeParse(document).data?.jobs ?? {})
  return new Map(
    jobs
      .filter(([, { last_exit_at_ms }]) => last_exit_at_ms !== null)
      .map(([id, seen]) => [
        id,
        {
          startedAtMs: seen.started_at_ms,
          lastExitAtMs: seen.last_exit_at_ms,
          lastSuccessAtMs: seen.last_success_at_ms,
          lastSuccessByMs: seen.last_success_by_ms,
        },
      ]),
  )
}

/** systemd remembers the last end of this boot, good or not, and when it was. */
export function recordOf(state: UnitState | null): JobRecord | null {
  if (state === null) return null
  const { pid, lastExit, lastExitAtMs = null, startedAtMs } = state
  if (pid !== null) return startedAtMs === null ? null : { startedAtMs, lastExitAtMs: null, lastSuccessAtMs: null }
  if (lastExit === null || lastExitAtMs === null) return null
  return { startedAtMs, lastExitAtMs, lastSuccessAtMs: lastExit.code === 0 ? lastExitAtMs : null }
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}

export function judgeJob(
  { id, schedule, start_timeout_s }: Pick<ResolvedService, 'id' | 'schedule' | 'start_timeout_s'>,
  record: JobRecord | null,
  state: (Pick<UnitState, 'pid' | 'wanted' | 'activity'> & Partial<Pick<UnitState, 'lastExit'>>) | null,
  nowMs: number,
): Finding[] {
  // What a person took down is not late.
  if (schedule === null || state === null || state.wanted === false) return []
  const fix = { text: 'Read what it wrote.', command: `sanctumctl logs ${id}`, safe: true }
  const last = state.lastExit ?? null
  if (record === null && last !== null && last.code !== 0)
    return [
      toFinding('JOB_STALE', {
        message: `the last run of ${id} did not end well`,
        subject: id,
        evidence: { expected: 'a good end', observed: last.signal === null ? `code ${last.code}` : last.signal },
        fix,
      }),
    ]
  if (record === null)
    return [
      toFinding('JOB_UNPROVEN', {
        message: `${id} has a schedule, and nobody has a record of a good end`,
        subject: id,
        evidence: {
          expected: 'the time of a good end',
          observed: last === null ? `its manager says ${state.activity}` : 'its last run ended well, and its manager does not say when',
        },
        fix,
      }),
    ]
  const allowedS = allowedAgeS(schedule, start_timeout_s)
  const { startedAtMs, lastExitAtMs, lastSuccessAtMs } = record
  const isOpen = startedAtMs !== null && (lastExitAtMs === null || lastExitAtMs < startedAtMs)
  const openS = isOpen ? (nowMs - startedAtMs) / 1000 : 0
  if (isOpen && (state.pid === null ? openS > MINUTE_S : openS > allowedS))
    return [
      toFinding('JOB_UNFINISHED', {
        message: `${id} was started ${describeS(openS)} ago and ${state.pid === null ? 'is gone without an end' : 'still runs'}`,
        subject: id,
        evidence: { expected: 'an end', observed: state.pid === null ? 'a start without one' : `pid ${state.pid}` },
        fix,
      }),
    ]
  // One that was never due yet is not late either.
  if (lastSuccessAtMs === null && lastExitAtMs === null) return []
  const ageS = lastSuccessAtMs === null ? null : (nowMs - lastSuccessAtMs) / 1000
  if (ageS !== null && ageS <= allowedS) return []
  const { lastSuccessByMs = null } = record
  const youngestS = lastSuccessByMs === null ? ageS : (nowMs - lastSuccessByMs) / 1000
  if (ageS !== null && youngestS !== null && youngestS <= allowedS)
    return [
      toFinding('JOB_UNPROVEN', {
        message: `${id} ended well between ${describeS(youngestS)} and ${describeS(ageS)} ago, and nobody looked meanwhile`,
        subject: id,
        evidence: { expected: `a good end within ${describeS(allowedS)}`, observed: 'a count of runs that rose while no watchdog looked' },
        fix,
      }),
    ]
  return [
    toFinding('JOB_STALE', {
      message: ageS === null ? `${id} ran, and of no good end is a record` : `${id} last ended well ${describeS(ageS)} ago`,
      subject: id,
      evidence: { expected: `a good end within ${describeS(allowedS)}`, observed: ageS === null ? 'none' : describeS(ageS) },
      fix,
    }),
  ]
}

/** One run may be late or fail; of two in a row none was good. */
function allowedAgeS(schedule: ResolvedSchedule, startS: number): number {
  return periodS(schedule) * 2 + startS
}

/** The longest time between two runs. */
export function periodS(schedule: ResolvedSchedule): number {
  if (schedule.kind === 'every') return schedule.every_s
  return Math.max(
    ...schedule.at.map(({ month, day, weekday, hour, minute }) => {
      if (month !== undefined) return 366 * DAY_S
      if (day !== undefined) return 31 * DAY_S
      if (weekday !== undefined) return 7 * DAY_S
      if (hour !== undefined) return DAY_S
      return minute === undefined ? MINUTE_S : HOUR_S
    }),
  )
}

function describeS(seconds: number): string {
  if (seconds < 2 * MINUTE_S) return `${Math.round(seconds)} s`
  if (seconds < 2 * HOUR_S) return `${Math.round(seconds / MINUTE_S)} min`
  return seconds < 2 * DAY_S ? `${Math.round(seconds / HOUR_S)} h` : `${Math.round(seconds / DAY_S)} days`
}
