import { execFile, spawn } from 'node:child_process'
import { mkdir, rm, stat } from 'node:fs/promises'
import { resolve as resolvePath } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '@sanctum/contracts'
import { runProgram } from './run-program.ts'

/** A checkout, through git. Names of revisions are judged before they come here; what is given on is behind `--end-of-options`. */
export interface Git {
  /** Environment that any other program needs to see the same commits. */
  readonly sight: Readonly<Record<string, string>>
  head(): Promise<string>
  /** The commit that a name stands for; null where it stands for none. */
  resolve(name: string): Promise<string | null>
  /** What the branch follows, such as `origin/main`; where it follows none, the only remote there is, and no name. Null where neither is known. */
  upstream(): Promise<{ readonly remote: string; readonly name: string | null } | null>
  /** Throws UNAVAILABLE where the remote does not answer. */
  fetch(remote: string, deadlineMs: number, signal: AbortSignal): Promise<void>
  /** Paths that differ between two commits. */
  changedPaths(from: string, to: string): Promise<readonly string[]>
  /** Newest first, at most fifty. */
  commits(from: string, to: string): Promise<readonly { readonly revision: string; readonly subject: string }[]>
  /** Paths that differ from HEAD, untracked ones among them. */
  dirty(): Promise<readonly string[]>
  /** How many commits HEAD has that the other has not. */
  ahead(of: string): Promise<number>
  /** How many commits of HEAD no remote is known to have; null where there is no remote to compare with. */
  unshared(): Promise<number | null>
  isAncestor(older: string, newer: string): Promise<boolean>
  /** Whether a commit has that file or folder. */
  has(revision: string, path: string): Promise<boolean>
  /** Writes the files of a commit into an empty folder. */
  archive(revision: string, folder: string): Promise<void>
  /** Moves branch and files to the commit; null where it did, else why not. What a person has changed stays. */
  follow(revision: string, way: 'forward' | 'back', onStart?: (pid: number) => Promise<void>): Promise<string | null>
  /** The same after a `follow` that was cut off: what it had begun to write is no change of a person. */
  resume(from: string, to: string, way: 'forward' | 'back'): Promise<string | null>
}

const PATIENCE_MS = 60_000
const FOLLOW_MS = 600_000

interface GitOptions {
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
}

interface GitEnd {
  /** What git ended with; a word where it did not start or did not end by itself. */
  readonly code: number | string
  readonly stdout: string
  /** The last lines, as one. */
  readonly stderr: string
}

/** Runs git in a folder to its end. `env`: as it came; what would point it elsewhere is taken out by `toEnvironment`. */
export function runGit(
  folder: string,
  args: readonly string[],
  { env, deadlineMs = PATIENCE_MS, signal }: GitOptions & { readonly env: Readonly<Record<string, string | undefined>> },
): Promise<GitEnd> {
  const options = { cwd: folder, env: env as NodeJS.ProcessEnv, encoding: 'utf8', timeout: deadlineMs, maxBuffer: 64_000_000 } as const
  return new Promise((resolve) => {
    execFile('git', [...guards, ...args], signal === undefined ? options : { ...options, signal }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? 'killed'), stdout, stderr: stderr.trim().split('\n').slice(-3).join(' ') }),
    )
  })
}

export function createGit(folder: string, environment: Readonly<Record<string, string | undefined>>): Git {
  const env = toEnvironment(environment)

  const run = (args: readonly string[], options: GitOptions = {}) => runGit(folder, args, { ...options, env })

  async function ask(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await run(args)
    if (code === 0) return stdout
    throw new Fault('UNAVAILABLE', `git ${args[0]} failed in ${folder}: ${stderr === '' ? code : stderr}`, {
      hint: code === 'ENOENT' ? 'Install git.' : 'Look at git status in the checkout.',
    })
  }

  const head = async () => (await ask('rev-parse', '--verify', '--end-of-options', 'HEAD^{commit}')).trim()
  const changedPaths = async (from: string, to: string) =>
    toList(await ask('diff', '--name-only', '--no-renames', '--no-ext-diff', '-z', '--end-of-options', from, to, '--'))
  const dirty = async () => toPaths(await ask('status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=normal'))

  /** The commit's own text of a path; null where it has none. */
  async function blobOf(revision: string, path: string): Promise<string | null> {
    const { code, stdout } = await run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}:${path}`])
    return code === 0 ? stdout.trim() : null
  }

  async function isOfEither(path: string, revisions: readonly string[]): Promise<boolean> {
    const { code, stdout } = await run(['hash-object', '--', path])
    const found = code === 0 ? stdout.trim() : null
    const known = await Promise.all(revisions.map((revision) => blobOf(revision, path)))
    return known.includes(found)
  }

  /** What git holds while it moves files and branch. */
  async function listLocks(): Promise<readonly string[]> {
    const { stdout } = await run(['symbolic-ref', '--quiet', 'HEAD'])
    const names = ['index', 'HEAD', 'ORIG_HEAD', ...(stdout.trim() === '' ? [] : [stdout.trim()])]
    const paths = await Promise.all(names.map((name) => ask('rev-parse', '--git-path', `${name}.lock`)))
    return paths.map((path) => resolvePath(folder, path.trim()))
  }

  /** Commits that no branch would have any more are still found under a name. */
  async function keepName(): Promise<void> {
    await ask('update-ref', 'refs/sanctum/before-rollback', await head())
  }

  /** In a group of its own, so that whoever comes after a kill can end it. It is not told to stop: it takes a moment, and half of it helps nobody. */
  async function follow(revision: string, way: 'forward' | 'back', onStart?: (pid: number) => Promise<void>): Promise<string | null> {
    if (way === 'back') await keepName()
    const args = way === 'forward' ? ['merge', '--ff-only', '--quiet', '--end-of-options'] : ['reset', '--keep', '--quiet']
    const end = await runProgram({
      words: ['git', ...guards, ...args, requireCommit(revision)],
      ...{ folder, environment: env, deadlineMs: FOLLOW_MS, signal: new AbortController().signal },
      ...(onStart === undefined ? {} : { onStart }),
    })
    if (end.kind === 'ended' && end.code === 0) return null
    return end.kind === 'absent' ? end.why : end.tail.slice(-3).join(' ') || `git ${args[0]} did not come to an end`
  }

  /** The path as the commit has it; it goes where the commit has none. */
  async function restore(revision: string, path: string): Promise<void> {
    if ((await blobOf(revision, path)) !== null)
      await ask('--literal-pathspecs', 'checkout', '--quiet', requireCommit(revision), '--', path)
    else {
      await ask('--literal-pathspecs', 'rm', '--cached', '--quiet', '--ignore-unmatch', '--', path)
      await rm(resolvePath(folder, path), { force: true })
    }
  }

  async function resume(from: string, to: string, way: 'forward' | 'back'): Promise<string | null> {
    const at = await head()
    if (at !== from && at !== to) return `it is at ${at} now, which this upgrade did not make`
    await removeStaleLocks(await listLocks())
    const paths = toPaths(await ask('status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all'))
    if (paths.length === 0) return at === to ? null : follow(to, way)
    const changed = new Set(await changedPaths(from, to))
    const foreign: string[] = []
    for (const path of paths) if (changed.has(path) && !(await isOfEither(path, [from, to]))) foreign.push(path)
    if (foreign.length > 0) return `somebody has changed ${foreign.slice(0, 3).join(', ')}`
    // Untracked files of a person, and edits of files that the two commits have alike, are not touched by this: what was begun is made
    // undone first, path by path, and git moves all of it then as it does for anybody.
    if (paths.some((path) => !changed.has(path))) {
      for (const path of paths.filter((one) => changed.has(one))) await restore(at, path)
      return at === to ? null : follow(to, way)
    }
    const { code, stderr } = await run(['reset', '--hard', '--quiet', requireCommit(to)])
    return code === 0 ? null : stderr
  }

  return {
    sight: {},
    head,
    changedPaths,
    dirty,
    follow,
    resume,
    async resolve(name) {
      const { code, stdout } = await run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])
      return code === 0 ? stdout.trim() : null
    },
    async upstream() {
      const { code, stdout } = await run(['rev-parse', '--abbrev-ref', '--symbolic-full-name', '@{upstream}'])
      const remotes = (await ask('remote')).split('\n').filter((remote) => remote !== '')
      const name = code === 0 ? stdout.trim() : null
      const [remote] = name === null ? (remotes.length === 1 ? remotes : []) : remotes.filter((one) => name.startsWith(`${one}/`))
      return remote === undefined ? null : { remote, name }
    },
    async fetch(remote, deadlineMs, signal) {
      const end = await run(['fetch', ...fetching, '--end-of-options', remote], { deadlineMs, signal })
      if (end.code !== 0) throw toUnfetched(remote, end)
    },
    async commits(from, to) {
      const text = await ask('log', '--format=%H %s', '-z', '--max-count=50', '--end-of-options', `${from}..${to}`, '--')
      return toList(text).map((line) => ({ revision: line.slice(0, 40), subject: line.slice(41) }))
    },
    ahead: async (of) => Number(await ask('rev-list', '--count', '--end-of-options', `${of}..HEAD`, '--')),
    async unshared() {
      if ((await ask('remote')).trim() === '') return null
      return Number(await ask('rev-list', '--count', 'HEAD', '--not', '--remotes', '--'))
    },
    async isAncestor(older, newer) {
      return (await run(['merge-base', '--is-ancestor', '--end-of-options', older, newer])).code === 0
    },
    has: async (revision, path) => (await blobOf(revision, path)) !== null,
    archive: (revision, target) => archive(revision, { folder, target, env }),
  }
}

export const fetching: readonly string[] = ['--quiet', '--tags', '--no-recurse-submodules']

export function toUnfetched(remote: string, { code, stderr }: GitEnd): Fault {
  return new Fault('UNAVAILABLE', `git fetch ${remote} failed: ${stderr || code}`, {
    hint: 'Look whether the remote answers; nothing was changed. --to takes a revision that is here already.',
    retryable: true,
  })
}

/** git reset knows no end of options; a whole commit id is none. */
function requireCommit(text: string): string {
  if (!/^[0-9a-f]{40}$/.test(text)) throw new Error(`${text} is no commit id`)
  return text
}

/** Nothing of git may start another program by an address, or wait for a watcher of files. */
const guards: readonly string[] = ['-c', 'protocol.ext.allow=never', '-c', 'core.fsmonitor=false', '-c', 'advice.detachedHead=false']

/** What would point git at another checkout is not handed on; nobody is asked for a password. */
export function toEnvironment({ GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, ...rest }: Readonly<Record<string, string | undefined>>) {
  return { ...rest, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }
}

function toList(text: string): readonly string[] {
  return text.split('\0').filter((path) => path !== '')
}

function toPaths(status: string): readonly string[] {
  return toList(status).map((line) => line.slice(3))
}

interface ArchiveParts {
  readonly folder: string
  readonly target: string
  readonly env: Readonly<Record<string, string | undefined>>
}

async function archive(revision: string, { folder, target, env }: ArchiveParts): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 })
  const options = { env: env as NodeJS.ProcessEnv }
  const from = spawn('git', [...guards, 'archive', '--format=tar', '--end-of-options', revision], {
    ...options,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const to = spawn('tar', ['-x', '-f', '-', '-C', target], { ...options, stdio: [from.stdout, 'ignore', 'pipe'] })
  // The reader has its own end of the pipe; ours would keep it from ever hearing of a writer that is gone.
  from.stdout.destroy()
  const ends = await Promise.all([endOf('git archive', from), endOf('tar', to)])
  const failed = ends.find((end) => end !== null)
  if (failed !== undefined && failed !== null)
    throw new Fault('WRITE_FAILED', `${revision} could not be unpacked: ${failed}`, { path: target })
}

function endOf(name: string, child: ReturnType<typeof spawn>): Promise<string | null> {
  return new Promise((resolve) => {
    let text = ''
    child.stderr?.setEncoding('utf8').on('data', (part: string) => (text += part))
    child.on('error', (error) => resolve(`${name}: ${error.message}`))
    child.on('close', (code) => resolve(code === 0 ? null : `${name} ended with ${code}: ${text.trim().slice(-300)}`))
  })
}

const LOCK_PATIENCE_MS = 1000

/** Left by a git that was killed: nobody writes one any more that has stayed the same for a while. */
async function removeStaleLocks(paths: readonly string[]): Promise<void> {
  const look = async () =>
    (await Promise.all(paths.map(async (path) => ({ path, seen: await stat(path).catch(() => null) })))).filter(({ seen }) => seen !== null)
  const before = await look()
  if (before.length === 0) return
  await pause(LOCK_PATIENCE_MS)
  for (const { path, seen } of await look()) {
    const same = before.find((other) => other.path === path)?.seen
    if (same?.ino === seen?.ino && same?.mtimeMs === seen?.mtimeMs) await rm(path, { force: true })
  }
}
