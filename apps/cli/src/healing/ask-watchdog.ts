import { toIncidentId, type WatchdogRequest } from '@sanctum/contracts'
import type { Answer, CommandContext } from '../command.ts'
import { renderProblems } from '../views/problems.ts'
import { planStateDocument } from './plan-state-document.ts'
import { findWatchdogAbsent } from './watchdog-absent.ts'
import { whoAsks } from './who-asks.ts'

type Wish = { readonly do: 'acknowledge'; readonly incident: string } | { readonly do: 'release'; readonly service: string }

/** Writes down what a person asks of the watchdog; it reads and removes it in its next cycle. */
export async function askWatchdog(
  { ports, global }: CommandContext,
  wish: Wish,
  { why, done }: { why: string; done: string },
): Promise<Answer> {
  const at_ms = ports.clock.now()
  const id = toIncidentId(wish.do, at_ms)
  if (global.dryRun)
    return {
      exit: 'pending',
      data: { request: null, written: false },
      findings: [],
      view: () => `nothing was written; without --dry-run ${done}`,
    }
  const request: WatchdogRequest = { schema_version: 1, id, at_ms, by: whoAsks(ports.environment), why, ...wish }
  await ports.files.perform(planStateDocument(ports.home, 'requests', id, request), ports.home)
  const findings = findWatchdogAbsent(ports, 'nothing will happen')
  return {
    exit: 'ok',
    data: { request: id, written: true },
    findings,
    view: (style) => [`${style.good('✓')} asked of the watchdog: ${done}`, ...renderProblems(findings, style)].join('\n'),
  }
}

export function nothingToAsk(text: string): Answer {
  return { exit: 'ok', data: { request: null, written: false }, findings: [], view: () => text }
}
