import { countWords, type DocsReport, type ExitName, exitCodes, Fault, type Finding } from '@sanctum/contracts'
import { type Answer, type CommandContext, Interrupted, UsageProblem } from '../command.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { countFindings, renderFindings } from '../views/findings.ts'

export async function run({ options, ports, signal, say }: CommandContext): Promise<Answer> {
  const changed = options['changed'] as string | undefined
  const asked = ONE_OF.filter((name) => options[name] !== undefined && options[name] !== false)
  if (asked.length > 1)
    throw new UsageProblem('these options ask different things', 'Give one of --changed, --build-only, --running and --recall.')
  const words = [
    ...(changed === undefined ? [] : ['--changed', changed]),
    ...(options['buildOnly'] === true ? ['--build-only'] : []),
    ...(options['running'] === true ? ['--running'] : []),
    ...(options['recall'] === true ? ['--recall'] : []),
    '--receipt',
    `${ports.home}/state/receipts/docs.json`,
  ]
  if (options['recall'] !== true) say('reading the pages …')
  const end = await (await ports.docsGate()).run(words, signal)
  if (signal.aborted) throw new Interrupted()
  if (end === null)
    throw new Fault('UNAVAILABLE', 'the documentation lies in a checkout of Sanctum, and this program is in none', {
      hint: 'Run ./tools/sanctumctl docs check in a checkout.',
    })
  if (end.code === exitCodes.usage.code) throw new UsageProblem(end.said.trim(), 'Name a revision that git rev-parse knows.')
  if (end.report === null) throw new Error(`docs-gate ended with ${end.code}: ${end.said.trim().slice(-2000)}`)
  return toAnswer(end.report)
}

const ONE_OF = ['changed', 'buildOnly', 'running', 'recall'] as const

function toAnswer({ findings, ...data }: DocsReport): Answer {
  const exit = exitOf({ findings, ...data })
  return {
    exit,
    data,
    findings,
    view: (style) =>
      [
        ...(findings.length === 0 ? [] : [renderFindings(findings.map(withWhy), style), '']),
        ...(data.unavailable === null ? [] : [`${style.bad('✗')} ${data.unavailable}`]),
        `${exit === 'ok' ? style.good('✓') : style.bad('✗')} ${describe(data)}${findings.length === 0 ? '' : `; ${countFindings(findings)}`}`,
      ].join('\n'),
  }
}

function exitOf({ findings, unavailable, recall }: DocsReport): ExitName {
  if (unavailable !== null) return 'unavailable'
  return recall?.state === 'stale' || recall?.state === 'none' ? 'locked' : exitOfFindings(findings)
}

/** What is wrong, and why that matters. */
function withWhy(finding: Finding): Finding {
  return finding.impact === undefined ? finding : { ...finding, message: `${finding.message}. ${finding.impact}` }
}

function describe({ pages, blocks, build, running, recall }: Omit<DocsReport, 'findings'>): string {
  if (recall !== null) return recalled[recall.state]
  if (running !== null)
    return `${countWords(running.claims, 'claim')} held against ${countWords(running.services, 'service that runs', 'services that run')} here`
  return [
    ...(pages.read === 0 ? [] : [`${pages.checked} of ${pages.read} pages`, `${blocks.run} examples run`]),
    ...(build.outcome === 'not-asked' ? [] : [words[build.outcome]]),
  ].join(' · ')
}

const words: Readonly<Record<Exclude<DocsReport['build']['outcome'], 'not-asked'>, string>> = {
  built: 'the site was built',
  kept: 'the site is built',
  receipt: 'the site was built from the same before',
  failed: 'the site cannot be built',
  unavailable: 'the site was not built',
}

const recalled: Readonly<Record<NonNullable<DocsReport['recall']>['state'], string>> = {
  green: 'the site was built from the pages as they are',
  red: 'the site could not be built from the pages as they are',
  stale: 'the pages changed since the site was built; next: sanctumctl docs check --build-only',
  none: 'no receipt tells of a build of the site; next: sanctumctl docs check --build-only',
}
