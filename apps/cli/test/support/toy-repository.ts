import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { repository } from './test-haus.ts'

const execute = promisify(execFile)

/** What a revision of the toy repository changes, and what of it is meant to fail. */
export const toyRevisions = [
  'docs',
  'logic',
  'machine-contract',
  'fails-install',
  'fails-build',
  'fails-doctor',
  'fails-verify',
  'fails-docs',
] as const
export type ToyRevision = (typeof toyRevisions)[number]

/** A small repository with a history: a base, and on a branch of its own each prepared revision. */
export interface ToyRepository {
  readonly folder: string
  /** Commit ids, `base` among them. */
  readonly revisions: Readonly<Record<ToyRevision | 'base', string>>
  remove(): Promise<void>
}

/** Makes it in the folder. It drives the program of this repository, or the build that is given, so that an upgrade in it is a real one. */
export async function createToyRepository(
  folder: string,
  {
    dist = join(repository, 'apps/cli/dist'),
    only = toyRevisions,
  }: { readonly dist?: string; readonly only?: readonly ToyRevision[] } = {},
): Promise<ToyRepository> {
  const git = toGit(folder)
  await mkdir(folder, { recursive: true })
  await git('init', '--quiet', '--initial-branch=main')
  await write(folder, baseFiles(dist, await readFile(join(repository, 'catalogs/starter/catalog.yaml'), 'utf8')))
  await chmod(join(folder, 'tools/sanctumctl'), 0o755)
  for (const name of ['instance.yaml', 'agent_capabilities.yaml', 'agents', 'runtime_catalog.yaml'])
    await cp(join(repository, 'catalogs/starter', name), join(folder, 'catalogs/starter', name), { recursive: true })
  const revisions: Record<string, string> = { base: await commit(git, 'A haus with three services') }
  for (const revision of only) {
    await git('checkout', '--quiet', '-b', revision, revisions['base'] as string)
    const catalog = await readFile(join(folder, 'catalogs/starter/catalog.yaml'), 'utf8')
    await write(folder, changes[revision](catalog))
    revisions[revision] = await commit(git, `The revision ${revision}`)
  }
  await git('checkout', '--quiet', 'main')
  return { folder, revisions: revisions as ToyRepository['revisions'], remove: () => rm(folder, { recursive: true, force: true }) }
}

/** A clone whose branch follows the prepared revision. */
export async function cloneToy(toy: ToyRepository, folder: string, revision: ToyRevision | 'base'): Promise<void> {
  await execute('git', ['clone', '--quiet', '--no-hardlinks', toy.folder, folder])
  const git = toGit(folder)
  await git('branch', '--quiet', '--set-upstream-to', `origin/${revision === 'base' ? 'main' : revision}`)
}

export function toGit(folder: string) {
  const who = ['-c', 'user.name=Toy', '-c', 'user.email=toy@example.invalid', '-c', 'commit.gpgsign=false']
  return async (...args: readonly string[]) => (await execute('git', [...who, ...args], { cwd: folder })).stdout.trim()
}

async function commit(git: ReturnType<typeof toGit>, subject: string): Promise<string> {
  await git('add', '--all')
  await git('commit', '--quiet', '--message', subject)
  return git('rev-parse', 'HEAD')
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

function baseFiles(dist: string, catalog: string): Readonly<Record<string, string>> {
  return {
    '.gitignore': 'apps/\n.toolchain/\nversion.json\n',
    'docs/index.md': 'A toy.\n',
    'packages/router-failover/src/toy.ts': 'export const toy = 1\n',
    'tools/sanctumctl': toLauncher(dist),
    'catalogs/starter/catalog.yaml': catalog,
    'catalogs/starter/stability_window.yaml': window,
  }
}

/** It stays under way whatever a test does to its haus: the watchdog would find a red at a moment of its own. */
const window = 'days: 7\nrequired: [{ id: calm, command: [sanctumctl, --version] }]\n'

/** What a word of the launcher is told by files of the revision, and what the catalog says, is all that differs. */
const changes: Readonly<Record<ToyRevision, (catalog: string) => Readonly<Record<string, string>>>> = {
  docs: () => ({ 'docs/index.md': 'A toy, described anew.\n' }),
  logic: () => ({ 'packages/router-failover/src/toy.ts': 'export const toy = 2\n' }),
  'machine-contract': (catalog) => ({ 'catalogs/starter/catalog.yaml': catalog.replace('title: Dashboard', 'title: Board') }),
  'fails-install': () => ({ 'packages/router-failover/src/toy.ts': 'export const toy = 3\n', 'toy/fail-install': '' }),
  'fails-build': () => ({ 'packages/router-failover/src/toy.ts': 'export const toy = 4\n', 'toy/fail-build': '' }),
  // A job needs a secret that is not there: nothing that starts now would notice.
  'fails-doctor': (catalog) => ({ 'catalogs/starter/catalog.yaml': `${catalog}${job}` }),
  // A path of one machine stands in the catalog's folder: it runs well here, and nowhere else.
  'fails-verify': () => ({ 'catalogs/starter/agents/yoda/TOOLS.md': 'Look into /home/neo/.sanctum/logs first.\n' }),
  'fails-docs': () => ({
    'docs/index.md': 'Broken.\n',
    'packages/router-failover/src/toy.ts': 'export const toy = 5\n',
    'toy/fail-docs': '',
  }),
}

const job = `
  nightly:
    title: Nightly
    description: A job that nothing starts by day.
    kind: periodic
    tier: ops
    label: com.sanctum.nightly
    run:
      command: ['\${host.node}', --version]
      cwd: \${host.sanctum_home}
      secrets: { KEY_FILE: { secret: nightly-key, as: file } }
    schedule: { at: [{ hour: 3, minute: 0 }] }
`

/** It installs nothing and builds by taking the program of this repository; TOY_HOLD names a word at which a built revision waits to be killed. */
const toLauncher = (dist: string) => `#!/bin/sh
set -eu
root=$(cd "\${0%/*}/.." && pwd -P)
cli=$root/apps/cli/dist/sanctumctl.js
word=\${1-}
case "$*" in
  'dev true') word=install ;;
  '--version') word=build ;;
  'docs check'*) word=docs ;;
  'render --check'*) word=render ;;
  'render '*'--on-trial-for'* | 'rollback '*'--on-trial-for'*) word=swap ;;
esac
case $root in
  */versions/*) if [ "\${TOY_HOLD-}" = "$word" ]; then echo "holding at $word" >&2; exec sleep 300; fi ;;
esac
if [ -f "$root/toy/fail-$word" ]; then echo "the toy fails at $word" >&2; exit 70; fi
case $word in
  install) exit 0 ;;
  # Of a build of the documentation that nobody made there is nothing to recall.
  docs) echo '{}'; case "$*" in *--recall*) exit 75 ;; *) exit 0 ;; esac ;;
esac
if [ -f "$root/.toolchain/adopted" ]; then
  adopted=$(cat "$root/.toolchain/adopted")
  [ ! -f "$adopted/apps/cli/dist/sanctumctl.js" ] || cli=$adopted/apps/cli/dist/sanctumctl.js
fi
if [ ! -f "$cli" ]; then
  mkdir -p "$root/apps/cli/.state"
  # A copy where the home is another disk.
  cp -al '${dist}' "$root/apps/cli/.state/dist.$$" 2>/dev/null || {
    rm -rf "$root/apps/cli/.state/dist.$$"
    cp -a '${dist}' "$root/apps/cli/.state/dist.$$"
  }
  mv -T "$root/apps/cli/.state/dist.$$" "$root/apps/cli/dist"
  cp '${join(repository, 'apps/cli/package.json')}' "$root/apps/cli/package.json"
fi
exec '${process.execPath}' "$cli" "$@"
`
