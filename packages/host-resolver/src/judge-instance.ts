import { didYouMean, type Finding, isTimezone, listTimezones, nearestNames } from '@sanctum/contracts'
import { hostFinding, placeOf } from './host-finding.ts'
import type { MergedHost } from './merged-host.ts'
import { valueAt } from './plain-data.ts'

type Merging = Omit<MergedHost, 'findings'>

/** What the haus must say in the end, whichever layer says it. */
export function judgeInstance(host: Merging): Finding[] {
  return [...judgeCompleteness(host), ...judgeTimezone(host), ...clockTimes.flatMap((path) => judgeClockTime(host, path))]
}

const required = { slug: 'manoir', name: 'Le Manoir', timezone: 'America/Montreal' } as const

function judgeCompleteness({ document, stack }: Merging): Finding[] {
  const own =
    stack.findLast(({ layer, document }) => layer === 'catalog' && Object.keys(document).length > 0) ??
    stack.findLast(({ layer }) => layer === 'catalog')
  return Object.entries(required)
    .filter(([key]) => !document.instance?.[key as keyof typeof required])
    .map(([key, example]) =>
      hostFinding('INSTANCE_INCOMPLETE', `no layer gives instance.${key}`, {
        ...(own ? placeOf(own.originAt('/instance')) : {}),
        fix: { text: `Add ${key} under instance in instance.yaml, such as ${key}: ${example}.` },
      }),
    )
}

function judgeTimezone({ document, originOf }: Merging): Finding[] {
  const timezone = document.instance?.timezone
  if (!timezone || isTimezone(timezone)) return []
  const near = nearestNames(timezone, listTimezones())
  return [
    hostFinding('TIMEZONE_UNKNOWN', `there is no time zone ${timezone}.${didYouMean(near)}`, {
      ...placeOf(originOf(['instance', 'timezone'])),
      fix: { text: `Write an IANA name, such as ${near[0] ?? required.timezone}.` },
    }),
  ]
}

const clockTimes: readonly (readonly string[])[] = [
  ['policies', 'night_window', 'from'],
  ['policies', 'night_window', 'to'],
  ['notifications', 'quiet_hours', 'from'],
  ['notifications', 'quiet_hours', 'to'],
]

function judgeClockTime({ document, originOf }: Merging, path: readonly string[]): Finding[] {
  const time = valueAt(document, path)
  if (typeof time !== 'string' || /^([01]\d|2[0-3]):[0-5]\d$/.test(time)) return []
  return [
    hostFinding('CLOCK_TIME_INVALID', `${path.join('.')} is ${JSON.stringify(time)}, which is no time of day`, {
      ...placeOf(originOf(path)),
      fix: { text: 'Write hours and minutes, two digits each, in quotes, such as "02:00".' },
    }),
  ]
}
