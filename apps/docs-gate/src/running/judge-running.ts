import { countWords, type Finding } from '@sanctum/contracts'
import type { Facts } from '../facts.ts'
import type { Page } from '../page.ts'
import { NUMBER_WORDS, toNumber } from '../rules/counts.ts'
import { listLabels } from '../rules/labels.ts'
import { placeIn } from '../rules/place-in.ts'
import { listPairs } from '../rules/ports.ts'
import { readSentence } from '../rules/read-sentence.ts'
import type { Site } from '../rules/rule.ts'
import { toProblem } from '../rules/to-problem.ts'
import type { RunningHaus, RunningService } from './running-haus.ts'

export interface RunningJudgement {
  readonly findings: readonly Finding[]
  /** How many claims of the pages were about something that runs. */
  readonly claims: number
}

/** What the pages say of services that run here, against what runs: ports that listen, labels, and how many there are. */
export function judgeRunning(site: Site, facts: Facts, haus: Extract<RunningHaus, { kind: 'running' }>): RunningJudgement {
  const running = new Map(haus.services.map((service) => [service.id, service]))
  const judged = [...site.pages.values()].flatMap((page) => [
    ...judgePorts(page, facts, running),
    ...judgeLabels(page, facts, running),
    ...judgeCounts(page, haus),
  ])
  return { findings: judged.flatMap((one) => one ?? []), claims: judged.length }
}

type Judged = Finding | null

function judgePorts(page: Page, facts: Facts, running: ReadonlyMap<string, RunningService>): readonly Judged[] {
  return listPairs(page, facts).flatMap(({ service, port, at }) => {
    const real = running.get(service)
    if (real === undefined || real.ports.length === 0) return []
    if (real.open.includes(port)) return [null]
    const isClosed = real.ports.includes(port)
    return [
      toProblem('DOCS_RUNNING', {
        at: placeIn(page, at.span, at.index),
        message: isClosed
          ? `nothing listens here on port ${port} of ${service}`
          : `${service} runs here with port ${real.ports.join(', ')}, not ${port}`,
        fix: isClosed
          ? `Look at ${service}: it has the port, and does not listen on it.`
          : 'Correct the page, or give the service its port of the catalog again.',
        expected: String(port),
        observed: isClosed ? 'closed' : real.ports.join(', '),
      }),
    ]
  })
}

/** A label in one row or sentence with its service. */
function judgeLabels(page: Page, facts: Facts, running: ReadonlyMap<string, RunningService>): readonly Judged[] {
  return listLabels(page, facts).flatMap(({ label, service, at }) => {
    const real = running.get(service ?? '')
    if (real === undefined || real.label === null) return []
    if (label === real.label) return [null]
    return [
      toProblem('DOCS_RUNNING', {
        at: placeIn(page, at.span, at.index),
        message: `${real.id} runs here under the label ${real.label}, not ${label}`,
        fix: `Write ${real.label}.`,
        expected: label,
        observed: real.label,
      }),
    ]
  })
}

/** A sentence that names the haus and says how many services it has. */
function judgeCounts(page: Page, { slug, services }: Extract<RunningHaus, { kind: 'running' }>): readonly Judged[] {
  if (slug === '') return []
  const name = new RegExp(`(?<![\\w-])${slug}(?![\\w-])[^.]{0,80}$`, 'i')
  const claim = new RegExp(`\\b(\\d+|${NUMBER_WORDS}) services\\b`, 'gi')
  return page.spans
    .filter(({ place, isCode }) => place !== 'code' && !isCode)
    .flatMap((span) =>
      [...span.text.matchAll(claim)].flatMap((match) => {
        const before = readSentence(page, span)
        const sentence =
          before
            .slice(0, before.indexOf(span))
            .map(({ text }) => text)
            .join('') + span.text.slice(0, match.index)
        if (!name.test(sentence)) return []
        const said = toNumber(match[1] ?? '')
        if (said === services.length) return [null]
        return [
          toProblem('DOCS_RUNNING', {
            at: placeIn(page, span, match.index),
            message: `${slug} runs here with ${countWords(services.length, 'service')}, not ${match[1]}`,
            fix: `Write ${services.length}, or leave the number out.`,
            expected: String(said),
            observed: String(services.length),
          }),
        ]
      }),
    )
}
