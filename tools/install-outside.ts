import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The installer's own waits ten seconds and then a minute for a network that is not there; nobody is told anything meanwhile. */
const patience = ['--config.fetch-retries=2', '--config.fetch-retry-mintimeout=1000', '--config.fetch-retry-maxtimeout=3000']

/**
 * Installs what the lockfile of a folder says into that folder, if it is not there yet. Such folders have a manifest of their own outside
 * of the workspace, so that what is heavy and used by one test or one case of the bench does not slow the set-up of everybody. Throws with
 * what the installer said, where it fails.
 */
export function installOutside(folder: string): void {
  const stamp = join(folder, 'node_modules/.installed-from')
  const lock = readFileSync(join(folder, 'pnpm-lock.yaml'), 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  const pinned = [dirname(process.execPath), join(root, 'node_modules/.bin'), join(root, '.toolchain/bin')]
  const { status, stdout, stderr, error } = spawnSync(
    'pnpm',
    ['install', '--frozen-lockfile', '--trust-lockfile', '--reporter=append-only', ...patience],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, CI: 'true', PATH: [...pinned, process.env.PATH].join(delimiter) },
    },
  )
  if (status !== 0)
    throw new Error(`pnpm install in ${folder} ended with ${status ?? error?.message}:\n${`${stdout}${stderr}`.slice(-2000)}`)
  writeFileSync(stamp, lock)
}
