import { type Bump, type Change, type PlannedPackage, planVersion, type VersionPlan } from '@sanctum/release'
import type { CommandContext } from '../command.ts'
import type { Checkout } from '../ports.ts'

/** The program that most people install; its version is that of the release. */
const LEAD = '@sanctum/cli'

export interface ReleasePlan {
  readonly version: VersionPlan
  readonly changes: readonly Change[]
}

/** What the changesets that wait come to. */
export async function planRelease({ signal, options }: CommandContext, checkout: Checkout): Promise<ReleasePlan> {
  const asked = options['version']
  const waiting = await checkout.listChangesets()
  const current = Object.fromEntries(checkout.rooms.map(({ name, version }) => [name, version]))
  const plan = waiting.length === 0 ? { releases: [], changesets: [] } : await askChangesets(checkout, signal)
  if (typeof plan === 'string') return { version: { kind: 'refused', why: plan }, changes: [] }
  const version = planVersion({ lead: LEAD, current, planned: plan.releases, asked: typeof asked === 'string' ? asked : null })
  const why = version.kind === 'refused' ? null : await whyTagged(checkout, version, signal)
  if (why !== null) return { version: { kind: 'refused', why }, changes: [] }
  if (waiting.length === 0) return { version, changes: await readStamped(checkout, signal) }
  return {
    version,
    changes: plan.changesets.flatMap(({ summary, releases }) => {
      const bump = greatest(releases.map(({ type }) => type))
      return bump === null ? [] : [{ summary, bump, packages: releases.map(({ name }) => name) }]
    }),
  }
}

/** Why a version is not to be used again; a tag says which commit it belongs to. */
async function whyTagged(
  checkout: Checkout,
  { version, stamps }: Extract<VersionPlan, { kind: 'planned' }>,
  signal: AbortSignal,
): Promise<string | null> {
  const tagged = await ask(checkout, ['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/tags/v${version}^{commit}`], signal)
  if (tagged === null) return null
  if (tagged !== checkout.revision) return `v${version} is a tag of another commit, ${tagged.slice(0, 12)}`
  return stamps ? `v${version} is a tag of this commit, and its manifests are not stamped yet; stamp, commit, and tag that` : null
}

/** The changesets that were stamped since the last tag: a stamp removes all that wait, and what was put into another before was never one. */
async function readStamped(checkout: Checkout, signal: AbortSignal): Promise<readonly Change[]> {
  const last = await ask(checkout, ['describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*', 'HEAD^'], signal)
  const range = last === null ? 'HEAD' : `${last}..HEAD`
  const log = await ask(
    checkout,
    ['log', '--diff-filter=D', '--no-renames', '--name-only', '--format=%H', range, '--', '.changeset/*.md'],
    signal,
  )
  const changes: Change[] = []
  let [commit, isStamp] = ['', false]
  for (const line of (log ?? '').split('\n')) {
    if (/^[0-9a-f]{40}$/.test(line)) {
      commit = line
      const left = await ask(checkout, ['ls-tree', '--name-only', commit, '.changeset/'], signal)
      isStamp = left?.split('\n').some((path) => path.endsWith('.md') && path !== '.changeset/README.md') === false
    }
    if (!isStamp || !line.endsWith('.md')) continue
    const change = parseChangeset((await ask(checkout, ['show', `${commit}^:${line}`], signal)) ?? '')
    if (change !== null) changes.push(change)
  }
  return changes
}

/** Null where it is none, or one that bumps nothing. */
export function parseChangeset(text: string): Change | null {
  const [, head = '', summary = ''] = /^---\n(.*?)\n?---\n(.*)$/s.exec(text) ?? []
  const rows = [...head.matchAll(/^['"]?([^'":\n]+)['"]?:\s*(\w+)/gm)]
  const bump = greatest(rows.map(([, , type]) => type))
  return bump === null ? null : { summary: summary.trim(), bump, packages: rows.map(([, name]) => name as string) }
}

/** Null where none bumps anything. */
function greatest(types: readonly (string | undefined)[]): Bump | null {
  return (['major', 'minor', 'patch'] as const).find((bump) => types.includes(bump)) ?? null
}

/** What git printed; null where it ended with another code than 0. */
async function ask(checkout: Checkout, words: readonly string[], signal: AbortSignal): Promise<string | null> {
  const { code, stdout } = await checkout.git(words, { patienceMs: 60_000, signal })
  return code === 0 ? stdout.trim() : null
}

interface ChangesetStatus {
  readonly releases: readonly PlannedPackage[]
  readonly changesets: readonly {
    readonly summary: string
    readonly releases: readonly { readonly name: string; readonly type: string }[]
  }[]
}

async function askChangesets(checkout: Checkout, signal: AbortSignal): Promise<ChangesetStatus | string> {
  const run = await checkout.changesetStatus({ patienceMs: 60_000, signal })
  if (run.code !== 0 || run.text === null)
    return `changeset status ended with ${run.code}: ${(run.stderr || run.stdout).trim().slice(0, 400)}`
  return JSON.parse(run.text) as ChangesetStatus
}
