import { type Change, type PlannedPackage, planVersion, type VersionPlan } from '@sanctum/release'
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
  return {
    version: planVersion({ lead: LEAD, current, planned: plan.releases, asked: typeof asked === 'string' ? asked : null }),
    changes: plan.changesets.map(({ summary, releases }) => ({ summary, packages: releases.map(({ name }) => name) })),
  }
}

interface ChangesetStatus {
  readonly releases: readonly PlannedPackage[]
  readonly changesets: readonly { readonly summary: string; readonly releases: readonly { readonly name: string }[] }[]
}

async function askChangesets(checkout: Checkout, signal: AbortSignal): Promise<ChangesetStatus | string> {
  const run = await checkout.changesetStatus({ patienceMs: 60_000, signal })
  if (run.code !== 0 || run.text === null)
    return `changeset status ended with ${run.code}: ${(run.stderr || run.stdout).trim().slice(0, 400)}`
  return JSON.parse(run.text) as ChangesetStatus
}
