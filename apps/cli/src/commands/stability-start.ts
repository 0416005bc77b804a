import { type Finding, type RequiredCheck, type SoakPolicy, toSoakPolicy } from '@sanctum/contracts'
import { type Answer, type CommandContext, Refused } from '../command.ts'
import { loadHaus } from '../haus/load-haus.ts'
import { findWatchdogAbsent } from '../healing/watchdog-absent.ts'
import { whoAsks } from '../healing/who-asks.ts'
import { type SeenWindow, seeWindow } from '../stability/see-window.ts'
import { toUncleanFinding } from '../stability/window-findings.ts'
import { renderProblems } from '../views/problems.ts'
import { renderWindow } from '../views/stability.ts'

const quickDoctor: RequiredCheck = { id: 'doctor-quick', command: ['sanctumctl', 'doctor', '--quick'], cadence_s: 86_400, deadline_s: 120 }

/** Begins the days in which nothing may be red. */
export async function run(context: CommandContext): Promise<Answer> {
  const { ports, global } = context
  const {
    catalog,
    chosen: { folder },
    haus,
  } = await loadHaus(context)
  if (catalog.stability === null) throw new Refused([noPolicy(ports.files.toShown(folder))], 'invalid')
  const policy = toSoakPolicy(catalog.stability)
  const seen = seeWindow(ports)
  if (seen.damage.length > 0) throw new Refused(seen.damage, 'problems')
  const state = seen.judgement?.state
  if (state === 'running' || state === 'complete') return alreadyUnderWay(context, seen, policy)
  await requireCalm(context, folder)
  if (global.dryRun)
    return {
      exit: 'pending',
      data: { window: seen.judgement, written: false },
      findings: [],
      view: () => `nothing was written; without --dry-run a window of ${policy.days} full days begins now: ${list(policy)}`,
    }
  await ports.soak.append('window-started', 'stability', {
    policy,
    folder,
    variables: variablesOf(ports.environment),
    timezone: haus.instance.timezone,
    by: whoAsks(ports.environment),
  })
  ports.journal.append({
    kind: 'stability-started',
    subject: 'stability',
    data: { days: policy.days, required: policy.required.map(({ id }) => id) },
  })
  const started = seeWindow(ports)
  const findings = findWatchdogAbsent(ports, 'nothing is recorded')
  return {
    exit: 'ok',
    data: { window: started.judgement, written: true },
    findings,
    view: (style) =>
      [
        `${style.good('✓')} ${policy.days} full days from now: ${list(policy)}`,
        '',
        renderWindow(started.judgement, haus.instance.timezone, style),
        ...renderProblems(findings, style),
      ].join('\n'),
  }
}

function alreadyUnderWay({ ports }: CommandContext, { window, judgement }: SeenWindow, policy: SoakPolicy): Answer {
  const isSame = JSON.stringify(window?.policy) === JSON.stringify(policy)
  const timezone = window?.timezone ?? 'UTC'
  const findings = [...(isSame ? [] : [policyChanged()]), ...findWatchdogAbsent(ports, 'nothing is recorded')]
  return {
    exit: 'ok',
    data: { window: judgement, written: false },
    findings,
    view: (style) =>
      [
        'a window is under way already; sanctumctl stability abort ends it',
        '',
        renderWindow(judgement, timezone, style),
        ...renderProblems(findings, style),
      ].join('\n'),
  }
}

/** A window that begins with a red would be over at once. */
async function requireCalm({ ports, signal, global, say }: CommandContext, folder: string): Promise<void> {
  say('asking doctor first')
  const command = global.catalog === null ? quickDoctor.command : [...quickDoctor.command, '--catalog', folder]
  const end = await ports.runRequired({ ...quickDoctor, command }, folder, signal)
  if (end !== null && end.outcome !== 'clean') throw new Refused([toUncleanFinding({ id: quickDoctor.id, ...end }, command)], 'problems')
}

/** Those that say something about the haus; the marks of a unit say something about a process. */
function variablesOf(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const said = Object.entries(environment).filter(([name]) => /^SANCTUM_(SET__.+|NODE|PROFILE)$/.test(name))
  return Object.fromEntries(said.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

export function policyChanged(): Finding {
  return {
    code: 'STABILITY_POLICY_CHANGED',
    severity: 'warning',
    message: 'stability_window.yaml says something else than it did when the window was started',
    subject: 'stability_window.yaml',
    evidence: { expected: 'the policy that the window was started with', observed: 'another one' },
    fix: {
      text: 'Abort the window and start another one if the new policy is to count.',
      command: 'sanctumctl stability abort --reason "new policy"',
    },
  }
}

export function noPolicy(folder: string): Finding {
  return {
    code: 'STABILITY_NO_POLICY',
    severity: 'error',
    message: `the catalog in ${folder} has no stability_window.yaml`,
    subject: folder,
    evidence: { expected: 'a stability_window.yaml', observed: 'none' },
    fix: { text: 'Write one; catalogs/starter/stability_window.yaml shows how.' },
  }
}

function list({ required }: SoakPolicy): string {
  return required.map(({ id, command }) => `${id} (${command.join(' ')})`).join(', ')
}
