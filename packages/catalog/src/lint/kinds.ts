import type { Finding, Service, ServiceKind } from '@sanctum/contracts'
import { createFinding } from '../create-finding.ts'
import type { View } from './view.ts'

interface Rule {
  readonly needs: readonly (keyof Service)[]
  readonly refuses: readonly (keyof Service)[]
}

const rules: Readonly<Record<ServiceKind, Rule>> = {
  daemon: { needs: ['run'], refuses: ['schedule', 'container'] },
  periodic: { needs: ['run', 'schedule'], refuses: ['container', 'fallback_only'] },
  oneshot: { needs: ['run'], refuses: ['schedule', 'container', 'fallback_only'] },
  container: { needs: ['container'], refuses: ['run', 'schedule'] },
  network: { needs: [], refuses: ['run', 'container', 'schedule', 'restart', 'stop', 'fallback_only'] },
  external: { needs: [], refuses: ['run', 'container', 'schedule', 'restart', 'stop', 'fallback_only'] },
}

const hints: Partial<Record<keyof Service, string>> = {
  run: 'run: { command: [...] }',
  schedule: 'schedule: { every_s: ... } or schedule: { at: [...] }',
  container: 'container: { name: ... }',
}

/** What a kind of service needs and cannot have. */
export function lintKinds(view: View): Finding[] {
  return view.services.flatMap(([id, service]) => [
    ...lintNeeds(view, id, service),
    ...lintJob(view, id, service),
    ...lintTimes(view, id, service),
    ...lintSession(view, id, service),
  ])
}

function lintNeeds(view: View, id: string, service: Service): Finding[] {
  const { needs, refuses } = rules[service.kind]
  return [
    ...needs
      .filter((key) => service[key] === undefined)
      .map((key) =>
        createFinding(
          'KIND_NEEDS',
          view.at(`/services/${id}`),
          `${id} is of kind ${service.kind}, but has no ${key}.`,
          `Add ${hints[key] ?? key}.`,
        ),
      ),
    ...refuses
      .filter((key) => service[key] !== undefined && service[key] !== false)
      .map((key) =>
        createFinding(
          'KIND_REFUSES',
          view.at(`/services/${id}/${key}`),
          `${id} is of kind ${service.kind}, which has no ${key}.`,
          `Remove ${key}, or write ${toKindHint(key)}.`,
        ),
      ),
  ]
}

function toKindHint(key: keyof Service): string {
  const kinds = Object.entries(rules).filter(([, { refuses }]) => !refuses.includes(key))
  return kinds.map(([kind]) => `kind: ${kind}`).join(' or ')
}

function lintJob(view: View, id: string, { kind, restart }: Service): Finding[] {
  if ((kind !== 'oneshot' && kind !== 'periodic') || restart?.when !== 'always') return []
  return [
    createFinding(
      'JOB_KEPT_ALIVE',
      view.at(`/services/${id}/restart/when`),
      `${id} is a job (${kind}), but is to be restarted whenever it ends.`,
      'Write when: on-failure or when: never.',
    ),
  ]
}

const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function lintTimes(view: View, id: string, { schedule }: Service): Finding[] {
  const times = schedule && 'at' in schedule ? schedule.at : []
  return times.flatMap(({ month, day }, index) => {
    const last = month === undefined ? 31 : (longest[month - 1] as number)
    if (day === undefined || day <= last) return []
    return [
      createFinding(
        'IMPOSSIBLE_TIME',
        view.at(`/services/${id}/schedule/at/${index}/day`),
        `Month ${month} has no day ${day}.`,
        `Write day: ${last}, or another month.`,
      ),
    ]
  })
}

function lintSession(view: View, id: string, { domain, session }: Service): Finding[] {
  if (domain !== 'system' || session !== 'gui') return []
  return [
    createFinding(
      'SESSION_IN_SYSTEM_DOMAIN',
      view.at(`/services/${id}/session`),
      `${id} is a system service, which has no graphical session.`,
      'Remove session, or write domain: user.',
    ),
  ]
}
