import type { RouterExplanation, RouterRouteStatus, RouterStatusDocument, RouterTargetStatus } from '@sanctum/contracts'
import { describeAge } from '@sanctum/probes'
import type { RouterLine } from '../ports.ts'
import type { Style } from './style.ts'
import { type Cell, renderTable } from './table.ts'

/** Every server behind the router, route by route. */
export function renderRouterStatus(status: RouterStatusDocument, nowMs: number, style: Style): string {
  const head = `router ${status.version}, up for ${describeAge(nowMs - status.started_at_ms)}, by ${status.source}`
  const refused = status.refused === null ? [] : [style.bad(`✗ a later definition was refused: ${status.refused.why}`)]
  if (status.routes.length === 0) return [head, ...refused, 'It knows no model server, so it has nobody to ask.'].join('\n')
  const rows = status.routes.flatMap((route) =>
    route.targets.map((target, index) => [
      index === 0 ? describeRoute(route, status.default_route) : '',
      target.locality === 'cloud' ? `${target.url} (cloud)` : target.url,
      paintCondition(target, style),
      target.first_token_p95_ms === null ? '–' : `${Math.round(target.first_token_p95_ms)} ms`,
      target.why,
    ]),
  )
  return [head, ...refused, '', renderTable(['ROUTE', 'SERVER', 'IS', 'FIRST TOKEN', 'WHY'], rows, style.columns)].join('\n')
}

function describeRoute({ name, secure, daily_cap, tokens_today }: RouterRouteStatus, defaultRoute: string): string {
  const notes = [
    ...(name === defaultRoute ? ['default'] : []),
    ...(secure ? ['secure'] : []),
    ...(daily_cap === null ? [] : [`${tokens_today} of ${daily_cap} tokens`]),
  ]
  return notes.length === 0 ? name : `${name} (${notes.join(', ')})`
}

function paintCondition({ condition, breaker }: RouterTargetStatus, style: Style): Cell {
  const text = breaker === 'closed' ? condition : `${condition}, ${breaker}`
  if (condition === 'down' || condition === 'misconfigured') return { text, paint: style.bad }
  return condition === 'warm' || condition === 'busy' ? { text, paint: style.good } : { text, paint: style.caution }
}

const rules: Readonly<Record<RouterExplanation['rule'], (matched: string | null) => string>> = {
  exact: () => 'a model of that name',
  glob: (matched) => `it matches ${matched}`,
  intent: (matched) => `the question says ${matched}`,
  default: () => 'no route has it by name, so the default takes it',
}

/** What would be asked for a model now, in its order, and what would not, and why. */
export function renderExplanation(explanation: RouterExplanation, asked: 'router' | 'definition', style: Style): string {
  const { model, endpoint, route, rule, matched, attempts, skipped } = explanation
  const lines = attempts.map(
    ({ url, model: name, condition, why }, index) =>
      `  ${index + 1}. ${url}${name === null ? '' : ` as ${name}`}  ${style.faint(`${condition}: ${why}`)}`,
  )
  const left = skipped.map(({ target, why }) => `  ${style.faint('–')}  ${target}  ${style.faint(why)}`)
  return [
    `${style.strong(model)}${endpoint === 'chat/completions' ? '' : ` for ${endpoint}`} goes to the route ${style.strong(route)}: ${rules[rule](matched)}`,
    ...(asked === 'router' ? [] : [style.caution('no router runs, so this is what its definition says, with nothing known of any server')]),
    ...(lines.length === 0 ? [style.bad('  nobody would be asked now')] : lines),
    ...left,
  ].join('\n')
}

const said: Readonly<Record<string, (line: RouterLine) => string>> = {
  'definition-taken': ({ source }) => `${source}: taken; what was being answered ends as it began`,
  'definition-refused': ({ source, findings }) =>
    [`${source} was refused; the router goes on by the last good one`, ...describeFindings(findings)].join('\n'),
  'target-changed': ({ target, to, why }) => `${target} is ${to}: ${why}`,
  'request-refused': ({ code }) => `a request was refused: ${code}`,
  'router-stopped': () => 'the router has ended',
}

/** An entry of the log as a line for a person; null for what only a program wants. */
export function renderRouterLine(line: RouterLine): string | null {
  const { event, level } = line
  const known = Object.hasOwn(said, event) ? said[event] : undefined
  if (known !== undefined) return known(line)
  const { at: _, level: __, role: ___, event: ____, ...fields } = line
  const told = Object.entries(fields)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `${name} ${value}`)
  return `${level === 'info' ? '' : `${level}: `}${event.replaceAll('-', ' ')}${told.length === 0 ? '' : ` (${told.join(', ')})`}`
}

function describeFindings(findings: unknown): string[] {
  if (!Array.isArray(findings)) return []
  return findings.map(({ message, at, fix }) => {
    const place = at === undefined ? '' : `${at.file}:${at.line}:${at.column}: `
    return `  ${place}${message}${fix?.text === undefined ? '' : ` ${fix.text}`}`
  })
}
