import { type Contribution, type FindingCode, faultCodes, findingCodes } from '@sanctum/contracts'
import { explainValue } from '@sanctum/host-resolver'
import { type Answer, type CommandContext, Refused, UsageProblem } from '../command.ts'
import { findingsPage } from '../findings/to-docs-anchor.ts'
import { loadHaus } from '../haus/load-haus.ts'
import { requireStory } from '../healing/read-stories.ts'
import { unknownWord } from '../output/unknown-word.ts'
import { explainModel } from '../router/explain-model.ts'
import { renderContributions } from '../views/contributions.ts'
import { renderEvents } from '../views/events.ts'
import { type FaultRow, renderCode } from '../views/explain-code.ts'
import { renderStory } from '../views/incidents.ts'
import { renderProblems } from '../views/problems.ts'
import { renderExplanation } from '../views/router.ts'

/** A subject in capitals is a finding code, a number is a generation, a name with a time is an incident, any other is a path of the haus, or a model. */
export async function run(context: CommandContext): Promise<Answer> {
  const [subject] = context.args as [string]
  const number = /^(?:generation[ -]?)?(\d+)$/.exec(subject)?.[1]
  if (number !== undefined) return explainGeneration(Number(number), context)
  if (/-\d{8}t\d{6}z$/.test(subject)) return explainIncident(subject, context)
  return /^[A-Z][A-Z0-9_]+$/.test(subject) ? explainCode(subject) : explainPathOrModel(subject, context)
}

function explainIncident(id: string, context: CommandContext): Answer {
  const { story: incident, findings } = requireStory(context, id)
  return {
    exit: findings.length > 0 ? 'problems' : 'ok',
    data: { incident },
    findings,
    view: (style) => [renderStory(incident, context.ports.clock.now(), style), ...renderProblems(findings, style)].join('\n'),
  }
}

function explainCode(name: string): Answer {
  const codes: Readonly<Record<string, FindingCode>> = findingCodes
  const faults: Readonly<Record<string, FaultRow>> = faultCodes
  const [code, fault] = [codes[name], faults[name]]
  if (code === undefined && fault === undefined)
    throw unknownWord(name, {
      what: 'finding code',
      words: [...Object.keys(codes), ...Object.keys(faults)],
      otherwise: `${findingsPage} lists them all.`,
    })
  return {
    exit: 'ok',
    data: { code: name, ...code, ...(fault === undefined ? {} : { fault: { ...fault } }) },
    findings: [],
    view: (style) => renderCode(name, { code, fault }, style),
  }
}

/** What came of a generation, as the journal has it: who made it, and why it was taken back. */
function explainGeneration(generation: number, { ports }: CommandContext): Answer {
  const events = isBareHome(ports) ? [] : ports.journal.read({ subject: `generation ${generation}`, limit: EVENTS })
  if (events.length === 0)
    throw new UsageProblem(`the journal has nothing of generation ${generation}`, 'sanctumctl generations list shows what there is.')
  return { exit: 'ok', data: { generation, events }, findings: [], view: (style) => renderEvents(events, style) }
}

const EVENTS = 50

function isBareHome({ generations }: CommandContext['ports']): boolean {
  return generations([]).readPointers().current.kind === 'none'
}

/** What the haus has no value at may be what a router takes. A path that is only misspelt is told as one. */
async function explainPathOrModel(subject: string, context: CommandContext): Promise<Answer> {
  try {
    return await explainPath(subject, context)
  } catch (problem) {
    if (!(problem instanceof UsageProblem) && !(problem instanceof Refused)) throw problem
    const told: string[] = []
    const found = await explainModel(subject, { ...context, say: (text) => told.push(text) })
    if (found === null && problem instanceof UsageProblem && isOneWord(subject) && !problem.hint.startsWith('Did you mean'))
      throw new UsageProblem(
        `${problem.message}, and no router says anything of such a model`,
        'sanctumctl host profile shows what the haus has, sanctumctl router status whether a router answers and what it knows.',
      )
    if (found === null || (subject.includes('.') && found.model.rule === 'default')) throw problem
    // What that look had to do without is of interest only beside its answer.
    for (const text of new Set(told)) context.say(text)
    return {
      exit: found.model.attempts.length > 0 ? 'ok' : 'problems',
      data: { ...found },
      findings: [],
      view: (style) => renderExplanation(found.model, found.asked, style),
    }
  }
}

/** A path has more than one, so a word alone may be the name of a model. */
function isOneWord(subject: string): boolean {
  return !/[./]/.test(subject)
}

async function explainPath(path: string, context: CommandContext): Promise<Answer> {
  const { haus, input, findings } = await loadHaus(context)
  const explanation = explainValue(input, path)
  if (explanation.kind === 'unknown')
    throw new UsageProblem(
      `the haus has no value at ${path}`,
      Object.hasOwn(haus.services, path)
        ? `Did you mean services.${path}? sanctumctl incidents tells what happened to it.`
        : explanation.near.length === 0
          ? 'sanctumctl host profile shows what there is.'
          : `Did you mean ${explanation.near.slice(0, 3).join(' or ')}?`,
    )
  const contributions: readonly Contribution[] = explanation.contributions
  return { exit: 'ok', data: { path, contributions }, findings, view: (style) => renderContributions(path, contributions, style) }
}
