import { type Check, type Finding, type Haus, hausStatus, healingDocument, lease, roleHealth } from '@sanctum/contracts'
import { findRole } from '../../haus/roles.ts'
import type { DoctorContext } from '../doctor-context.ts'
import { askRole, type RoleAnswer } from './ask-role.ts'
import { toFinding } from './to-finding.ts'

/** What the healer itself depends on. */
export const checkHealer: Check<DoctorContext> = {
  id: 'healer',
  title: 'the healer and what it depends on',
  async run(context) {
    if (context.isBare()) return { kind: 'not-applicable', reason: 'nothing is set up' }
    const findings = await Promise.all([
      judgeWatchdogHere(context),
      judgeFailsafeHere(context),
      judgeDocumentsHere(context),
      judgeReverterHere(context),
      judgeLockHere(context),
      judgePermission(context.held()),
    ])
    return { kind: 'ran', findings: findings.flat(), proof: 'watchdog and failsafe are at work, and what they need is there' }
  },
}

async function judgeWatchdogHere({ inspect, held, units, probeMs }: DoctorContext): Promise<Finding[]> {
  const states = await units()
  const answer = await askRole(await inspect(), held(), { role: 'watchdog', path: '/health', longestMs: probeMs() })
  const pid = answer.kind === 'none' ? null : (states.find(({ service }) => service === answer.service)?.pid ?? null)
  return judgeWatchdog(answer, pid)
}

/** A living process and an open port prove nothing: only the right process with a fresh cycle is at work. */
export function judgeWatchdog(answer: RoleAnswer, pid: number | null): Finding[] {
  if (answer.kind === 'none') return []
  const rest = { subject: answer.service, fix: { text: 'Restart it.', command: `sanctumctl restart ${answer.service}`, safe: true } }
  const silent = (observed: string) => [
    toFinding('HEALER_SILENT', {
      message: `${answer.service} does not say that it is at work: ${observed}`,
      evidence: { expected: `a fresh cycle at ${answer.url}`, observed },
      ...rest,
    }),
  ]
  if (answer.kind === 'silent') return silent(answer.why)
  const health = roleHealth.safeParse(answer.document).data
  if (health === undefined || health.role !== 'watchdog') return silent(`something else answers there, with status ${answer.status}`)
  if (!health.ok) return silent(health.why)
  return pid !== null && health.pid !== pid ? silent(`process ${health.pid} answers, and its manager started process ${pid}`) : []
}

async function judgeFailsafeHere({ command: { ports }, held }: DoctorContext): Promise<Finding[]> {
  const haus = held()
  const [service] = findRole(haus, 'failsafe')
  if (service === undefined) return []
  const probe = haus.services[service]?.health.liveness
  if (probe?.type !== 'file') return []
  const seen = await ports.observe(probe, { provides: [], process: null, lastRun: null })
  return judgeFailsafe(service, probe.path, seen.kind === 'passed' ? null : seen.detail)
}

export function judgeFailsafe(service: string, path: string, trouble: string | null): Finding[] {
  if (trouble === null) return []
  return [
    toFinding('HEALER_SILENT', {
      message: `${service} does not say that it is at work: ${trouble}`,
      subject: service,
      evidence: { expected: `a fresh ${path}`, observed: trouble },
      fix: { text: 'Restart it.', command: `sanctumctl restart ${service}`, safe: true },
    }),
  ]
}

async function judgeDocumentsHere({ command: { ports } }: DoctorContext): Promise<Finding[]> {
  const state = `${ports.home}/state`
  const leases = (await ports.files.listFolder(`${state}/leases`))
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${state}/leases/${name}`)
  const texts = await Promise.all(
    [`${state}/healing.json`, `${state}/status.json`, ...leases].map(async (path) => ({
      path: ports.files.toShown(path),
      text: await ports.files.readText(path),
    })),
  )
  return texts.flatMap(({ path, text }) => judgeDocument(path, text))
}

const documents = [
  ['/healing.json', healingDocument],
  ['/status.json', hausStatus],
] as const

/** Before the first incident there may be none. */
export function judgeDocument(path: string, text: string | null): Finding[] {
  if (text === null) return []
  const schema = documents.find(([ending]) => path.endsWith(ending))?.[1] ?? lease
  const trouble = readTrouble(text, (value) => schema.safeParse(value))
  if (trouble === null) return []
  return [
    toFinding('HEALER_DOCUMENT_UNREADABLE', {
      message: `${path} cannot be read: ${trouble}`,
      subject: path,
      evidence: { expected: 'a document of the form that is published', observed: trouble },
      fix: { text: 'Keep it under another name; it is written anew.', command: `mv ${path} ${path}.unreadable` },
    }),
  ]
}

function readTrouble(
  text: string,
  parse: (value: unknown) => {
    readonly success: boolean
    readonly error?: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] }
  },
): string | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'it is not JSON'
  }
  const result = parse(value)
  const [issue] = result.error?.issues ?? []
  return result.success ? null : `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'another form'}`
}

/** Known before the first trouble: a manager lets nobody but root restart what is of the system. */
export function judgePermission(haus: Haus): Finding[] {
  const { services, manager, host } = haus
  const [watchdog] = findRole(haus, 'watchdog')
  if (watchdog === undefined || manager.kind === 'embedded') return []
  const user = services[watchdog]?.run?.user ?? host.user.name
  if (user === 'root') return []
  const out = Object.values(services).filter(
    ({ id, domain, run, remediation }) => id !== watchdog && domain === 'system' && run !== null && remediation.max_restarts > 0,
  )
  if (out.length === 0) return []
  const names = out.map(({ id }) => id).join(', ')
  return [
    toFinding('HEALER_NOT_PERMITTED', {
      message: `${watchdog} runs as ${user}, who may not restart ${names}: ${out.length === 1 ? 'it is' : 'they are'} in the system domain`,
      subject: watchdog,
      evidence: { expected: 'a watchdog that may restart what it heals', observed: `it runs as ${user}` },
      fix: {
        text: 'See where its user comes from, or which domain the services have.',
        command: `sanctumctl explain services.${watchdog}.run`,
        safe: true,
      },
    }),
  ]
}

async function judgeReverterHere({ command: { ports }, held }: DoctorContext): Promise<Finding[]> {
  const { node, sanctumctl } = held().host.program
  const paths = [node, sanctumctl].filter((path) => path !== null)
  const present = await ports.host.presence(paths)
  return judgeReverter(paths.filter((path) => present[path] === false))
}

export function judgeReverter(missing: readonly string[]): Finding[] {
  return missing.map((path) =>
    toFinding('REVERTER_MISSING', {
      message: `${path}, which would take a bad generation back, does not exist`,
      subject: path,
      evidence: { expected: 'a program', observed: 'no such file' },
      fix: { text: 'Install Sanctum again; then render, so that the units name its new place.', command: 'sanctumctl render', safe: true },
    }),
  )
}

async function judgeLockHere({ command: { ports }, inspect }: DoctorContext): Promise<Finding[]> {
  const holder = ports.lockHolder()
  if (holder === null) return []
  const pid = Number(/\(pid (\d+)\)$/.exec(holder)?.[1] ?? Number.NaN)
  const running = await (await inspect()).processes()
  return judgeLock(holder, running.length === 0 || Number.isNaN(pid) || running.some((process) => process.pid === pid))
}

export function judgeLock(holder: string, lives: boolean): Finding[] {
  if (lives) return []
  return [
    toFinding('LOCK_ORPHANED', {
      message: `the lock is held by ${holder}, which does not run`,
      subject: 'state/lock.db',
      evidence: { expected: 'a process', observed: 'no such process' },
      fix: { text: 'See who has it open.', command: 'grep -n . /proc/locks', safe: true },
    }),
  ]
}
