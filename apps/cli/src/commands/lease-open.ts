import { type Lease, toIncidentId } from '@sanctum/contracts'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { loadHeldHaus } from '../haus/read-held-haus.ts'
import { requireService } from '../haus/require-service.ts'
import { planStateDocument } from '../healing/plan-state-document.ts'
import { readDuration } from '../healing/read-duration.ts'
import { readLeases } from '../healing/read-healing.ts'
import { findWatchdogAbsent } from '../healing/watchdog-absent.ts'
import { readReason, whoAsks } from '../healing/who-asks.ts'
import { describeLease } from '../views/leases.ts'
import { renderProblems } from '../views/problems.ts'

const LONGEST_MS = 7 * 86_400_000

/** Somebody works on services: until it ends nothing is healed there, and at its end what was promised must be true. */
export async function run(context: CommandContext): Promise<Answer> {
  const { ports, global } = context
  const known = await readLeases(ports)
  const lease = await makeLease(context, known)
  const data = { lease, written: !global.dryRun }
  if (global.dryRun)
    return {
      exit: 'pending',
      data,
      findings: [],
      view: () => `nothing was written; without --dry-run this is opened: ${describeLease(lease)}`,
    }
  const stale = known.filter(({ until_ms }) => until_ms <= lease.since_ms)
  await ports.files.perform(
    [
      ...planStateDocument(ports.home, 'leases', lease.id, lease),
      // The watchdog has its own note of a lease that it has seen.
      ...stale.map(({ id }) => ({ do: 'remove-file', path: `${ports.home}/state/leases/${id}.json` }) as const),
    ],
    ports.home,
  )
  const findings = findWatchdogAbsent(ports, 'nobody heals anything anyway')
  return {
    exit: 'ok',
    data,
    findings,
    view: (style) =>
      [
        `${style.good('✓')} ${describeLease(lease)}`,
        `sanctumctl lease close ${lease.id} ends it before`,
        ...renderProblems(findings, style),
      ].join('\n'),
  }
}

async function makeLease(context: CommandContext, known: readonly Lease[]): Promise<Lease> {
  const { options, ports } = context
  const services = await chooseServices(context)
  const reason = readReason(options['reason'], 'a lease')
  const forMs = readDuration(String(options['for'] ?? '1h'), '--for')
  if (forMs > LONGEST_MS)
    throw new UsageProblem(`--for ${String(options['for'])} is longer than a week`, 'Open a shorter lease; it may be opened again.')
  const since_ms = ports.clock.now()
  return {
    schema_version: 1,
    id: freeId(toIncidentId('lease', since_ms), known),
    services: [...services],
    owner: whoAsks(ports.environment),
    reason,
    since_ms,
    until_ms: since_ms + forMs,
    obligations: readObligations(options['then'], services),
    lifts_budget: options['liftsBudget'] === true,
  }
}

async function chooseServices(context: CommandContext): Promise<readonly string[]> {
  const [given = []] = context.args as [(readonly string[])?]
  if (context.options['all'] === true) {
    if (given.length > 0) throw new UsageProblem('--all and names of services do not go together', 'Name the services, or say --all.')
    return ['*']
  }
  if (given.length === 0) throw new UsageProblem('a lease is for services, and none was named', 'Name them, or say --all.')
  const { haus, wanted } = await loadHeldHaus(context)
  // Also what is to be rendered only now may be worked on.
  const known = { ...wanted, services: { ...wanted.services, ...haus.services } }
  return [...new Set(given.map((id) => requireService(known, id).id))]
}

function readObligations(then: unknown, services: readonly string[]): Lease['obligations'] {
  if (then === undefined) return []
  if (then !== 'healthy' && then !== 'stopped')
    throw new UsageProblem(`--then ${String(then)} is nothing that can be promised`, 'Say --then healthy or --then stopped.')
  if (services.includes('*')) throw new UsageProblem('--then says what becomes of named services', 'Name them instead of --all.')
  return services.map((service) => ({ service, must: then }))
}

function freeId(id: string, known: readonly Lease[]): string {
  const taken = known.filter((lease) => lease.id === id || lease.id.startsWith(`${id}-`)).length
  return taken === 0 ? id : `${id}-${taken + 1}`
}
