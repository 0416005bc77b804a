import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { installOutside } from '../install-outside.ts'
import { listDocsInputs } from './list-docs-inputs.ts'

export type SiteBuild =
  /** `folder` holds the site; `isKept` where an earlier build of the same inputs was taken. */
  | { readonly kind: 'built'; readonly digest: string; readonly folder: string; readonly isKept: boolean; readonly took_ms: number }
  | { readonly kind: 'failed'; readonly digest: string; readonly said: string; readonly took_ms: number }
  /** The packages of the site cannot be had. */
  | { readonly kind: 'unavailable'; readonly digest: string; readonly said: string }

/** Builds of so many different inputs are kept. */
const KEPT = 3

/** Digest of everything that the site is made from: its files, the address that it is to have, and who builds it. */
export function digestDocs(root: string, address = process.env['SANCTUM_DOCS_SITE'] ?? ''): string {
  const hash = createHash('sha256').update(`${process.version}\0${address}\0`)
  for (const file of listDocsInputs(root))
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  return hash.digest('hex')
}

/**
 * Builds the site into a folder that is named for its inputs, or finds it there. Whoever needs the site of a checkout asks here, so that it is built
 * once. The folder appears in one step, when it is whole.
 */
export function buildSite(root: string): SiteBuild {
  const digest = digestDocs(root)
  const shelf = join(root, 'docs/.state/sites')
  const folder = join(shelf, digest)
  const begun = performance.now()
  if (existsSync(join(folder, 'index.html'))) {
    const now = new Date()
    utimesSync(folder, now, now)
    return { kind: 'built', digest, folder, isKept: true, took_ms: Math.round(performance.now() - begun) }
  }
  try {
    installOutside(join(root, 'docs'))
  } catch (error) {
    return { kind: 'unavailable', digest, said: (error as Error).message }
  }
  mkdirSync(shelf, { recursive: true })
  const fresh = `${folder}.${process.pid}`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'docs/node_modules/astro/bin/astro.mjs'), 'build', '--root', join(root, 'docs'), '--outDir', fresh],
    { cwd: join(root, 'docs'), encoding: 'utf8', env: siteEnvironment() },
  )
  const took_ms = Math.round(performance.now() - begun)
  if (status !== 0 || !existsSync(join(fresh, 'index.html'))) {
    rmSync(fresh, { recursive: true, force: true })
    return { kind: 'failed', digest, said: `${stdout}${stderr}`.slice(-3000), took_ms }
  }
  place(fresh, folder)
  return { kind: 'built', digest, folder, isKept: false, took_ms }
}

/** Whoever builds it, also a test, gets the site that people get: what a test runner says of its own mode leaves the site without its search. */
function siteEnvironment(): NodeJS.ProcessEnv {
  const { DEV: _dev, PROD: _prod, MODE: _mode, SSR: _ssr, TEST: _test, VITEST: _vitest, BASE_URL: _base, ...rest } = process.env
  return { ...rest, NODE_ENV: 'production', ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1', FORCE_COLOR: '0' }
}

/** Another build of the same may have been quicker; then its site is taken. */
function place(fresh: string, folder: string): void {
  try {
    renameSync(fresh, folder)
  } catch (error) {
    if (!existsSync(join(folder, 'index.html'))) throw error
    rmSync(fresh, { recursive: true, force: true })
  }
  const shelf = dirname(folder)
  for (const left of readdirSync(shelf).filter((name) => isLeftBehind(shelf, name)))
    rmSync(join(shelf, left), { recursive: true, force: true })
  const byAge = readdirSync(shelf)
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .map((name) => ({ name, at: statSync(join(shelf, name)).mtimeMs }))
    .toSorted((a, b) => b.at - a.at)
  for (const { name } of byAge.slice(KEPT)) rmSync(join(shelf, name), { recursive: true, force: true })
}

/** By a build that was killed. */
function isLeftBehind(shelf: string, name: string): boolean {
  return name.includes('.') && statSync(join(shelf, name)).mtimeMs < Date.now() - 3_600_000
}
