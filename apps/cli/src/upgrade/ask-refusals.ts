import { exitCodes, Fault, type Finding, type RefusalId } from '@sanctum/contracts'
import { type Asked, passOver, type RefusalPorts, toUnchecked, upgradeRefusals } from '@sanctum/upgrade'
import { runChecks } from '../checks/run-checks.ts'
import { type CommandContext, Interrupted } from '../command.ts'
import { readLeases } from '../healing/read-healing.ts'
import type { UpgradePort } from '../ports.ts'
import { seeWindow } from '../stability/see-window.ts'
import { describeLease } from '../views/leases.ts'
import type { PlannedUpgrade } from './plan-change.ts'
import { asEnvironment, describeRevisionEnd, type RevisionEnd, toErrors, toRevisionEnd } from './run-revision.ts'

const QUICK_MS = 60_000
const DOCS_MS = 900_000

/** What speaks against it, all at once; what was passed over is a warning. */
export async function askRefusals(
  context: CommandContext,
  port: UpgradePort,
  {
    planned,
    despite,
    asks,
  }: { readonly planned: PlannedUpgrade; readonly despite: readonly RefusalId[]; readonly asks: readonly RefusalId[] },
): Promise<readonly Finding[]> {
  const { monotonic, pause } = context.ports.clock
  const checks = upgradeRefusals.filter(({ id }) => asks.includes(id))
  const results = await runChecks(checks, toPorts(context, port, planned), { now: monotonic, deadline: { ms: DOCS_MS, pause } })
  // What was asked has ended then without an answer, which is no reason against it.
  if (context.signal.aborted) throw new Interrupted()
  const unchecked = checks.flatMap(({ id }, at) => {
    const { verdict, reason } = results[at] ?? { verdict: 'could-not-check', reason: null }
    return verdict === 'could-not-check' ? [toUnchecked(id, reason ?? 'nobody answered')] : []
  })
  return passOver([...results.flatMap(({ findings }) => findings), ...unchecked], despite)
}

function toPorts(context: CommandContext, port: UpgradePort, { git, to, checkout }: PlannedUpgrade): RefusalPorts {
  const { ports, global } = context
  const start = async (
    words: readonly string[],
    { deadlineMs = QUICK_MS, folder = ports.files.toAbsolute('.') }: { readonly deadlineMs?: number; readonly folder?: string } = {},
  ): Promise<RevisionEnd> => {
    const end = await port.run({
      words,
      folder,
      environment: { ...asEnvironment(ports), ...git.sight },
      deadlineMs,
      signal: context.signal,
    })
    return toRevisionEnd(end)
  }
  const ask = async (...given: Parameters<typeof start>): Promise<Asked> => toAsked(await start(...given))
  return {
    window: async () => {
      const { judgement, damage } = seeWindow(ports)
      const [first] = damage
      if (first !== undefined) throw new Fault('UNAVAILABLE', first.message)
      return judgement?.state === 'running' ? 'sanctumctl stability status shows its days' : null
    },
    doctor: () => ask([...port.self, 'doctor', '--quick', '--json']),
    drift: () => ask([...port.self, 'drift', '--json']),
    docs: async () => {
      // Asked in the checkout, it is about the pages there, also where the launcher starts a build that was adopted.
      const words = [`${checkout}/tools/sanctumctl`, 'docs', 'check', '--json']
      if (!global.dryRun) return ask([...words, '--build-only'], { deadlineMs: DOCS_MS, folder: checkout })
      return toRecalled(await start([...words, '--recall'], { folder: checkout }))
    },
    contracts: async () => {
      // Who promises nothing has nobody to ask.
      if ((await ports.files.readText(`${checkout}/sanctum.contract.yaml`)) === null) return { kind: 'clean' }
      return ask([...port.self, 'contracts', 'can-upgrade', '--to', to, '--repository', checkout, '--json'])
    },
    dirty: () => git.dirty(),
    ahead: () => git.ahead(to),
    leases: async () => (await readWholeLeases(ports)).filter(({ until_ms }) => until_ms > ports.clock.now()).map(describeLease),
  }
}

/** One that cannot be read may be open. */
async function readWholeLeases(ports: CommandContext['ports']) {
  const [leases, names] = [await readLeases(ports), await ports.files.listFolder(`${ports.home}/state/leases`)]
  const unread = names.filter((name) => name.endsWith('.json')).length - leases.length
  if (unread > 0) throw new Fault('UNAVAILABLE', `${unread} of the leases cannot be read`)
  return leases
}

/** A plan looks at what is known of the pages; the upgrade itself builds them. */
function toRecalled(given: RevisionEnd): Asked {
  const { end, answer } = given
  const asked = toAsked(given)
  if (asked.kind !== 'unanswered') return asked
  if (end.kind !== 'ended' || end.code !== exitCodes.locked.code) return { kind: 'not-looked', why: asked.why }
  const isStale = (answer?.data['recall'] as { readonly state?: unknown } | null | undefined)?.state === 'stale'
  return {
    kind: 'not-looked',
    why: `${isStale ? 'the pages have changed since they were built' : 'no build of these pages is known'}, and a plan makes none`,
  }
}

function toAsked(given: RevisionEnd): Asked {
  const { end, answer } = given
  if (end.kind !== 'ended' || end.code === null) return { kind: 'unanswered', why: describeRevisionEnd(given) }
  if (end.code === exitCodes.ok.code) return { kind: 'clean' }
  if (silent.has(end.code)) return { kind: 'unanswered', why: describeRevisionEnd(given) }
  const because = toErrors(answer).map(({ code, message }) => `${code}: ${message}`)
  return { kind: 'red', because: because.length > 0 ? because : [describeRevisionEnd(given)] }
}

/** The program has no such command, or could not have what it needs: no answer either way. */
const silent: ReadonlySet<number> = new Set([exitCodes.usage.code, exitCodes.unavailable.code, exitCodes.locked.code])
