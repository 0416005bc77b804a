import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface RepositoryRequest {
  /** Where the examples run; it becomes a clone. */
  readonly folder: string
  /** Where what it follows lies. */
  readonly origin: string
  /** Whose program and starter catalog it has. */
  readonly checkout: string
  readonly node: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * A small repository of a haus with two services, for examples of an upgrade: a clone of a branch that is one commit ahead, which changes how a
 * program decides. What its launcher drives is the real program; only to install it and to build it takes no time.
 */
export function prepareRepository({ folder, origin, checkout, node, environment }: RepositoryRequest): void {
  const env = { ...environment, ...datedLongAgo }
  const git = (...words: readonly string[]) => execFileSync('git', [...who, ...words], { cwd: origin, stdio: 'pipe', env })
  const commit = (files: Readonly<Record<string, string>>, subject: string) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(origin, path)), { recursive: true })
      writeFileSync(join(origin, path), content)
    }
    git('add', '--all')
    git('commit', '--quiet', '--message', subject)
  }
  mkdirSync(origin)
  git('init', '--quiet', '--initial-branch=main')
  cpSync(join(checkout, 'catalogs/starter'), join(origin, 'catalogs/starter'), { recursive: true })
  mkdirSync(join(origin, 'tools'))
  writeFileSync(join(origin, 'tools/sanctumctl'), toLauncher(checkout, node))
  chmodSync(join(origin, 'tools/sanctumctl'), 0o755)
  commit({ '.gitignore': 'apps/\n.toolchain/\nversion.json\n', ...small }, 'A haus with two services')
  execFileSync('git', ['clone', '--quiet', origin, folder], { stdio: 'pipe' })
  commit({ 'packages/greeting/src/greet.ts': "export const greet = () => 'good evening'\n" }, 'Greet in the evening, too')
}

const who = ['-c', 'user.name=Neo', '-c', 'user.email=neo@example.invalid', '-c', 'commit.gpgsign=false']

/** So that the same files have the same commits. */
const datedLongAgo = { GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' }

/** The fewer services, the sooner each of them is proven. */
const small = {
  'catalogs/starter/overlays/local.yaml': `services:
  sanctum-server: { enabled: false }
  router-drill: { enabled: false }
  failsafe: { enabled: false }
`,
  'packages/greeting/src/greet.ts': "export const greet = () => 'good morning'\n",
}

const toLauncher = (checkout: string, node: string) => `#!/bin/sh
set -eu
root=$(cd "\${0%/*}/.." && pwd -P)
cli=$root/apps/cli/dist/sanctumctl.js
case "$*" in
  'dev true') exit 0 ;;
  'docs check'*) echo '{}'; exit 0 ;;
esac
if [ -f "$root/.toolchain/adopted" ]; then cli=$(cat "$root/.toolchain/adopted")/apps/cli/dist/sanctumctl.js; fi
if [ ! -f "$cli" ]; then
  mkdir -p "$root/apps/cli"
  cp -al '${checkout}/apps/cli/dist' "$root/apps/cli/dist" 2>/dev/null || cp -a '${checkout}/apps/cli/dist' "$root/apps/cli/"
  cp '${checkout}/apps/cli/package.json' "$root/apps/cli/package.json"
fi
exec '${node}' "$cli" "$@"
`
