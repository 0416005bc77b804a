import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGit, fetching, type Git, runGit, toEnvironment, toUnfetched } from './create-git.ts'

/** Checkouts as a dry run looks at them: what it has to fetch lies in folders of its own, and not even a ref of theirs moves. */
export interface Aside {
  git(checkout: string): Git
  /** What was fetched is gone then. */
  forget(): Promise<void>
}

export function openAside(environment: Readonly<Record<string, string | undefined>>): Aside {
  const opened = new Map<string, { readonly git: Git; readonly scratch: string | null }>()
  return {
    git(checkout) {
      const known = opened.get(checkout) ?? open(checkout, environment)
      opened.set(checkout, known)
      return known.git
    },
    async forget() {
      for (const { scratch } of opened.values()) if (scratch !== null) await rm(scratch, { recursive: true, force: true })
      opened.clear()
    },
  }
}

function open(checkout: string, environment: Readonly<Record<string, string | undefined>>) {
  const objects = findObjects(checkout, environment)
  // What is no checkout is told of by the first question.
  if (objects === null) return { git: createGit(checkout, environment), scratch: null }
  const scratch = mkdtempSync(join(tmpdir(), 'sanctum-plan-'))
  const sight = {
    GIT_OBJECT_DIRECTORY: scratch,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: [quote(objects), environment['GIT_ALTERNATE_OBJECT_DIRECTORIES'] ?? ''].filter(Boolean).join(':'),
  }
  const git = createGit(checkout, { ...environment, ...sight })
  const env = toEnvironment({ ...environment, ...sight })
  let refs: ReadonlyMap<string, string> = new Map()
  return {
    scratch,
    git: {
      ...git,
      sight,
      async fetch(remote: string, deadlineMs: number, signal: AbortSignal) {
        const ask = async (...args: readonly string[]) => {
          const end = await runGit(checkout, args, { env, deadlineMs, signal })
          if (end.code !== 0) throw toUnfetched(remote, end)
          return end.stdout
        }
        refs = toRefs(remote, await ask('ls-remote', '--quiet', '--heads', '--tags', '--end-of-options', remote))
        // It brings the commits all the same, and then moves nothing.
        await ask(...quietly, 'fetch', '--dry-run', '--no-auto-maintenance', ...fetching, '--end-of-options', remote)
      },
      async resolve(name: string) {
        const [, base = name, rest = ''] = /^([^~^]+)(.*)$/.exec(name) ?? []
        return git.resolve(`${refs.get(base) ?? base}${rest}`)
      },
    },
  }
}

/** Also where the checkout is set to write more than it was told to. */
const quietly: readonly string[] = ['-c', 'fetch.writeCommitGraph=false', '-c', 'fetch.prune=false']

function findObjects(checkout: string, environment: Readonly<Record<string, string | undefined>>): string | null {
  try {
    const args = ['rev-parse', '--path-format=absolute', '--git-path', 'objects']
    const options = { cwd: checkout, env: toEnvironment(environment) as NodeJS.ProcessEnv, encoding: 'utf8', stdio: 'pipe' } as const
    return execFileSync('git', args, options).trim()
  } catch {
    return null
  }
}

/** By the names that they would have here after a fetch. A tag that is an object of its own stands for its commit. */
function toRefs(remote: string, listed: string): ReadonlyMap<string, string> {
  const rows = listed.split('\n').filter((line) => line !== '')
  return new Map(
    rows.map((line): [string, string] => {
      const [id = '', name = ''] = line.split('\t')
      return [
        name
          .replace(/^refs\/heads\//, `${remote}/`)
          .replace(/^refs\/tags\//, '')
          .replace(/\^\{\}$/, ''),
        id,
      ]
    }),
  )
}

/** In a list of folders, where the name of one has what separates them. */
function quote(folder: string): string {
  return /[:"]/.test(folder) ? `"${folder.replace(/["\\]/g, '\\$&')}"` : folder
}
