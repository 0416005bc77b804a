import type { Finding, WindowJudgement } from '@sanctum/contracts'

const again = { text: 'Mend what is named here, then start another window.', command: 'sanctumctl stability start', safe: true } as const

/** Why a window does not pass, the first reason first; none where it is complete. */
export function toWindowFindings(window: WindowJudgement | null, timezone: string): Finding[] {
  if (window === null || window.aborted !== null) return [toNone(window)]
  const at = (ms: number) => describeTime(ms, timezone)
  const missing = window.days.filter(({ state }) => state === 'missing')
  const { first_red: red } = window
  return [
    ...(red === null
      ? []
      : [
          problem('STABILITY_RED', `${red.check} was red on day ${red.day}, ${at(red.at_ms)}: ${red.finding}`, {
            subject: red.check,
            fix: again,
          }),
        ]),
    ...window.gaps.map(({ check, from_ms, to_ms, late_s }) =>
      problem(
        'STABILITY_GAP',
        check === null
          ? `nothing was recorded from ${at(from_ms)} to ${at(to_ms)}`
          : `${check} was not recorded from ${at(from_ms)} to ${at(to_ms)}, ${hours(late_s)} longer than its cadence`,
        { subject: check ?? 'recorder', fix: { ...again, text: 'See that the watchdog runs, then start another window.' } },
      ),
    ),
    ...missing.map(({ number, date, why }) =>
      problem('STABILITY_DAY_MISSING', `day ${number} (${date}) is missing: ${why}`, { subject: date, fix: again }),
    ),
    ...(window.state === 'running' ? [toEarly(window)] : []),
  ]
}

function toNone(window: WindowJudgement | null): Finding {
  const aborted = window?.aborted
  const message = aborted ? `the last window was aborted by ${aborted.by}: ${aborted.why}` : 'no stability window was started'
  return problem('STABILITY_NONE', message, {
    subject: 'stability',
    fix: { text: 'Start one; it takes the days that stability_window.yaml says.', command: 'sanctumctl stability start', safe: true },
  })
}

function toEarly({ days, days_left }: WindowJudgement): Finding {
  const left = days.filter(({ state }) => state === 'today' || state === 'ahead')
  const names = left.map(({ number, date }) => `day ${number} (${date})`).join(', ')
  return problem('STABILITY_EARLY', `${days_left} days are left: ${names}`, {
    subject: 'stability',
    fix: { text: 'Wait until the last day is over, then check again.', command: 'sanctumctl stability check', safe: true },
  })
}

export function toDamageFinding(damage: readonly { readonly seq: number; readonly why: string }[], home: string): Finding[] {
  if (damage.length === 0) return []
  const state = `${home}/state`
  return [
    problem('STABILITY_DAMAGED', `the ledger is not what was written: ${damage.map(({ seq, why }) => `row ${seq}: ${why}`).join('; ')}`, {
      subject: `${state}/soak.db`,
      fix: {
        text: 'Move the ledger and its head away, then start another window.',
        command: `mkdir -p ${state}/kept && mv ${state}/soak.db* ${state}/stability.json ${state}/kept/`,
        safe: false,
      },
    }),
  ]
}

export function toUncleanFinding(
  { id, outcome, finding }: { readonly id: string; readonly outcome: string; readonly finding: string | null },
  command: readonly string[],
): Finding {
  const how = outcome === 'unknown' ? 'could not be run' : 'is not clean'
  return problem('STABILITY_UNCLEAN', `${id} ${how} now: ${finding ?? 'it said nothing'}`, {
    subject: id,
    fix: { text: 'Run it and mend what it says.', command: command.join(' ') },
  })
}

function problem(code: string, message: string, rest: Pick<Finding, 'subject' | 'fix'>): Finding {
  return { code, severity: 'error', message, ...rest }
}

export function describeTime(ms: number, timezone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' })
    .format(ms)
    .replace(',', '')
}

function hours(seconds: number): string {
  return seconds >= 7200 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds)} s`
}
