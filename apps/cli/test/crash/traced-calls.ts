import { basename } from 'node:path'

/** One system call of a traced run that changes something below the home, or makes it durable. */
export interface TracedCall {
  readonly call: string
  /** Where it acts, as strace is told to look for it: from `~`, the home, or, of a path below an open folder, the name alone. */
  readonly matches: string
  /** Counts among the calls of that name on the same match by the same thread, from 1. */
  readonly nth: number
  /** How many calls of each name the main thread, or the worker for what it alone does, had made on any match of the run. */
  readonly before: Readonly<Record<string, number>>
  readonly thread: 'main' | 'worker'
  /** True where the run went well although this call failed, as a folder is made that is there. */
  readonly isFutile: boolean
  /** The real path, relative to the home of the operator. */
  readonly path: string
}

/** Calls that change or sync, in all their variants, whether or not today's Node makes them; an openat counts where it creates. */
const callsByName: readonly string[] = [
  ...['openat', 'creat', 'truncate', 'rename', 'renameat', 'renameat2', 'symlink', 'symlinkat', 'link', 'linkat'],
  ...['unlink', 'unlinkat', 'mkdir', 'mkdirat', 'rmdir', 'chmod', 'fchmodat'],
]
const callsByDescriptor: readonly string[] = [
  ...['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'copy_file_range', 'sendfile', 'fallocate', 'ftruncate'],
  ...['fsync', 'fdatasync', 'sync_file_range', 'syncfs', 'fchmod'],
]

/** For strace; a call that this processor's kernel does not have is passed over. */
export const attackedCalls = [...callsByName, ...callsByDescriptor].map((call) => `?${call}`).join()

/** How a folder that is held open is reached. */
const throughFolder = /^\/proc\/self\/fd\/(\d+)\/(.+)$/

export interface Trace {
  /** In the order in which they began. */
  readonly calls: readonly TracedCall[]
  /** Every match of the run, those that are only read included. */
  readonly matches: readonly string[]
}

/** Reads what `strace -f -y` wrote of a run. */
export function parseTrace(text: string, home: string): Trace {
  const folders = new Map<string, string>()
  const nths = new Map<string, number>()
  const count = (key: string) => {
    const nth = (nths.get(key) ?? 0) + 1
    nths.set(key, nth)
    return nth
  }
  const before: Record<string, number> = {}
  const seen = new Set<string>()
  let main: string | null = null
  const calls = joinLines(text).flatMap(({ pid, call, rest }) => {
    main ??= pid
    const argument = pathOf(call, rest)
    const opened = call === 'openat' ? /= (\d+)<([^>]*)>$/.exec(rest) : null
    const through = throughFolder.exec(argument ?? '')
    const folder = through ? folders.get(through[1] as string) : undefined
    const real = through ? `${folder}/${through[2]}` : argument
    if (opened) folders.set(opened[1] as string, opened[2] as string)
    if (argument === null || real === null || !(real === home || real.startsWith(`${home}/`))) return []
    const matches = through ? basename(argument) : `~${real.slice(home.length)}`
    const nth = count(`${pid} ${call} ${matches}`)
    seen.add(matches)
    const thread = pid === main ? 'main' : 'worker'
    const traced: TracedCall = {
      call,
      matches,
      nth,
      before: { ...before },
      thread,
      isFutile: / = -1 E\w+/.test(rest),
      path: real.slice(home.length + 1),
    }
    if (thread === (isWorkers(call) ? 'worker' : 'main')) before[call] = (before[call] ?? 0) + 1
    return call === 'openat' && !rest.includes('O_CREAT') ? [] : [traced]
  })
  return { calls, matches: [...seen] }
}

function isWorkers(call: string): boolean {
  return call === 'fsync'
}

/** The arguments that make strace look at a match only. */
export function toPathArguments(matches: string, home: string): string[] {
  if (matches.startsWith('~')) return ['-P', `${home}${matches.slice(1)}`]
  // Which number the folder has depends on what else is open in that moment.
  return Array.from({ length: 50 }, (_, index) => ['-P', `/proc/self/fd/${index + 10}/${matches}`]).flat()
}

/** Lines of calls in the order in which they began, each with its result. */
function joinLines(text: string): { pid: string; call: string; rest: string }[] {
  const calls: { pid: string; call: string; rest: string }[] = []
  const open = new Map<string, { rest: string }>()
  for (const line of text.split('\n')) {
    const begun = /^(\d+)\s+(\w+)\((.*)$/.exec(line)
    const resumed = /^(\d+)\s+<\.\.\. \w+ resumed>(.*)$/.exec(line)
    if (begun) {
      const [, pid = '', call = '', rest = ''] = begun
      const entry = { pid, call, rest: rest.replace(/ <unfinished \.\.\.>$/, '') }
      calls.push(entry)
      open.set(pid, entry)
    } else if (resumed) {
      const entry = open.get(resumed[1] as string)
      if (entry) entry.rest += resumed[2]
    }
  }
  return calls
}

/** The path by which strace chooses: of the descriptor, or the first one; of a symbolic link its own and not its target. */
function pathOf(call: string, rest: string): string | null {
  const pattern = callsByName.includes(call) ? /"([^"]*)"/g : /\d+<([^>]*)>/g
  const paths = [...rest.matchAll(pattern)].map(([, path = '']) => path)
  return paths[call.startsWith('symlink') || call === 'copy_file_range' ? 1 : 0] ?? null
}
