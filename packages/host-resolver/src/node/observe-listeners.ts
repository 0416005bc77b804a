import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Listener } from '@sanctum/contracts'
import { type KernelSocket, parseProcNet } from '../parse-proc-net.ts'
import { createProgramFinder } from './find-program.ts'
import { parseLsof } from './parse-lsof.ts'
import { runBriefly } from './run-briefly.ts'
import type { Gathering } from './unread.ts'

/** Who listens on this machine, sorted by port. The owner is null where the system does not tell it to this user. */
export async function observeListeners(gathering: Gathering, env: NodeJS.ProcessEnv): Promise<Listener[]> {
  const read = process.platform === 'darwin' ? () => readMac(gathering, env) : readLinux
  const listeners = await gathering.read('listeners', read, [])
  return withoutDoubles(listeners).sort(
    (a, b) => a.port - b.port || compare(a.protocol, b.protocol) || compare(a.address, b.address) || (a.pid ?? 0) - (b.pid ?? 0),
  )
}

/** At once: what the kernel makes up takes microseconds to read, and of a thousand of its links each would wait for its turn. */
async function readLinux(): Promise<Listener[]> {
  const tables = [
    ['tcp', 'tcp'],
    ['tcp6', 'tcp'],
    ['udp', 'udp'],
    ['udp6', 'udp'],
  ] as const
  const owners = readOwners()
  // A kernel without IPv6 has no table for it.
  const sockets = tables.flatMap(([file, protocol]) =>
    parseProcNet(
      attempt(() => readFileSync(`/proc/net/${file}`, 'utf8'), ''),
      protocol,
    ),
  )
  return sockets.map((socket) => toListener(socket, owners))
}

interface Owner {
  readonly pid: number
  readonly processGroup: number | null
  readonly program: string | null
}

function toListener({ protocol, address, port, inode }: KernelSocket, owners: ReadonlyMap<string, Owner>): Listener {
  const owner = owners.get(inode)
  return { protocol, address, port, pid: owner?.pid ?? null, process_group: owner?.processGroup ?? null, program: owner?.program ?? null }
}

/** Name and process group as /proc/<pid>/stat gives them; the name may hold spaces and brackets. */
function readProcess(pid: number): Pick<Owner, 'program' | 'processGroup'> {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), '')
  const parts = /^\d+ \((.*)\) \S+ \d+ (\d+) /s.exec(stat)
  return { program: parts?.[1] ?? null, processGroup: parts?.[2] === undefined ? null : Number(parts[2]) }
}

/** Socket inode to the process that holds it; of several, parent and forked workers, the lowest pid. */
function readOwners(): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>()
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  for (const pid of pids.sort((a, b) => a - b)) {
    const inodes = readSocketInodes(pid).filter((inode) => !owners.has(inode))
    if (inodes.length === 0) continue
    const owner = { pid, ...readProcess(pid) }
    for (const inode of inodes) owners.set(inode, owner)
  }
  return owners
}

/** Empty for a process of somebody else, and for one that ended meanwhile. */
function readSocketInodes(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  return attempt(() => readdirSync(folder), []).flatMap((file) => {
    const target = attempt(() => readlinkSync(`${folder}/${file}`), '')
    return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []
  })
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}

async function readMac(gathering: Gathering, env: NodeJS.ProcessEnv): Promise<Listener[]> {
  const lsof = await createProgramFinder(env['PATH'])('lsof')
  if (lsof === null) throw new Error('there is no lsof')
  const run = await runBriefly(lsof, ['-nP', '-iTCP', '-sTCP:LISTEN', '-iUDP', '-F', 'pgcPn'], {
    deadlineMs: Math.max(1, gathering.remainingMs() - 50),
    env,
  })
  // lsof ends with 1 where it found nothing for one of the conditions.
  if (run.kind !== 'ended') throw new Error(run.kind === 'hung' ? 'lsof did not answer in time' : `lsof could not be started: ${run.why}`)
  return parseLsof(run.stdout)
}

function withoutDoubles(listeners: readonly Listener[]): Listener[] {
  return [
    ...new Map(
      listeners.map((listener) => [`${listener.protocol} ${listener.address} ${listener.port} ${listener.pid}`, listener]),
    ).values(),
  ]
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
