import type { Check, Finding, Haus, ResolvedService } from '@sanctum/contracts'
import type { InspectPort } from '../../ports.ts'
import type { DoctorContext } from '../doctor-context.ts'
import { toFinding } from './to-finding.ts'

const LOW_PERCENT = 85
const FULL_PERCENT = 90
/** Less than this of the memory available, and the system begins to end processes soon. */
const SCARCE_PERCENT = 10

/** Disks, memory, and whether the budgets of what runs here fit into the pool. */
export const checkCapacity: Check<DoctorContext> = {
  id: 'capacity',
  title: 'capacity',
  async run({ command: { ports }, held, inspect }) {
    const haus = held()
    const look = await inspect()
    const paths = [ports.home, haus.host.user.home, '/']
    const disks = await Promise.all(paths.map(async (path) => ({ path: ports.files.toShown(path), seen: await look.disk(path) })))
    const memory = await look.memory()
    return {
      kind: 'ran',
      findings: [...judgeDisks(disks), ...judgeMemory(memory), ...judgeBudgets(haus)],
      proof: [
        ...disks.flatMap(({ path, seen }) => (seen === null ? [] : [`${path} ${usedPercent(seen)} % full`])),
        ...describeMemory(memory),
      ].join(', '),
    }
  },
}

type Disk = NonNullable<Awaited<ReturnType<InspectPort['disk']>>>
type Memory = Awaited<ReturnType<InspectPort['memory']>>

/** One finding for each disk, at the first path that lies on it. */
export function judgeDisks(disks: readonly { readonly path: string; readonly seen: Disk | null }[]): Finding[] {
  const told = new Set<string>()
  return disks.flatMap(({ path, seen }) => {
    if (seen === null || told.has(seen.id)) return []
    told.add(seen.id)
    const used = usedPercent(seen)
    if (used < LOW_PERCENT) return []
    return [
      toFinding(used < FULL_PERCENT ? 'DISK_LOW' : 'DISK_FULL', {
        message: `the disk of ${path} is ${used} % full: ${Math.round(seen.freeMb)} MB are left`,
        subject: path,
        evidence: { expected: `below ${LOW_PERCENT} %`, observed: `${used} %` },
        fix: { text: 'Look what takes the room.', command: `du -xh --max-depth=2 ${path} | sort -h | tail`, safe: true },
      }),
    ]
  })
}

function usedPercent({ totalMb, freeMb }: Disk): number {
  return totalMb <= 0 ? 0 : Math.floor(((totalMb - freeMb) / totalMb) * 100)
}

export function judgeMemory(memory: Memory): Finding[] {
  if (memory === null || memory.availableMb >= (memory.totalMb * SCARCE_PERCENT) / 100) return []
  return [
    toFinding('MEMORY_LOW', {
      message: `${Math.round(memory.availableMb)} of ${Math.round(memory.totalMb)} MB of memory are available`,
      subject: 'memory',
      evidence: { expected: `${SCARCE_PERCENT} % or more`, observed: `${Math.floor((memory.availableMb / memory.totalMb) * 100)} %` },
      fix: { text: 'Look who uses it.', command: 'ps -eo pid,rss,comm --sort=-rss | head', safe: true },
    }),
  ]
}

function describeMemory(memory: Memory): string[] {
  return memory === null ? [] : [`${Math.round(memory.availableMb)} MB of memory available`]
}

/** Of services that exclude each other only the largest counts: they are never up together. */
export function judgeBudgets({ services, capacity }: Pick<Haus, 'services' | 'capacity'>): Finding[] {
  const budgeted = Object.values(services)
    .filter(({ capacity, fallback_only }) => capacity !== null && !fallback_only)
    .toSorted((a, b) => budgetOf(b) - budgetOf(a))
  const together: ResolvedService[] = []
  for (const one of budgeted) if (!together.some((other) => excludes(one, other))) together.push(one)
  const sum = together.reduce((total, one) => total + budgetOf(one), 0)
  if (sum <= capacity.pool_mb) return []
  return [
    toFinding('CAPACITY_OVERCOMMITTED', {
      message: `${together.map(({ id }) => id).join(', ')} are meant to have ${sum} MB together, and the pool of this machine is ${capacity.pool_mb} MB`,
      subject: 'memory budgets',
      evidence: { expected: `at most ${capacity.pool_mb} MB`, observed: `${sum} MB` },
      fix: {
        text: 'See where the largest budget comes from.',
        command: `sanctumctl explain services.${together[0]?.id}.capacity`,
        safe: true,
      },
    }),
  ]
}

function budgetOf({ capacity }: ResolvedService): number {
  return capacity?.ram_budget_mb ?? 0
}

function excludes(a: ResolvedService, b: ResolvedService): boolean {
  return (a.capacity?.exclusive_with ?? []).includes(b.id) || (b.capacity?.exclusive_with ?? []).includes(a.id)
}
