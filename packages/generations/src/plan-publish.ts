import { compareText, type Finding, type IntentDocument, type Publication, type Sight, type Step } from '@sanctum/contracts'
import { besideOf, folderOf, foldersDownTo, type HomeLayout, homeLayout } from './home-layout.ts'
import { planKeep } from './plan-keep.ts'
import type { LivePublished } from './seen.ts'
import { toFinding } from './to-finding.ts'

export interface PublishInput {
  readonly home: string
  readonly roots: readonly string[]
  readonly intent: IntentDocument
  /** What is at the path of each publication now. */
  readonly live: readonly LivePublished[]
}

export interface PublishPlan {
  readonly steps: readonly Step[]
  /** Files that changed between the plan and now; they are left alone. */
  readonly findings: readonly Finding[]
}

/**
 * The steps that finish what an intent still has to do outside, given what is there now. Performing them, whole or in part,
 * and planning again gives only what is left: each file is old or new, never between.
 */
export function planPublish({ home, roots, intent, live }: PublishInput): PublishPlan {
  const layout = homeLayout(home)
  const sights = new Map(live.map((sight) => [sight.path, sight]))
  const judged = intent.publications.map((publication) => ({ publication, verdict: judgeNow(publication, sights.get(publication.path)) }))
  const open = judged.filter(({ verdict }) => verdict === 'open').map(({ publication }) => publication)
  return {
    steps: planOpen(layout, roots, intent.generation, open),
    findings: judged.flatMap(({ publication, verdict }) => (verdict === 'changed' ? [toChanged(publication)] : [])),
  }
}

function judgeNow({ put, found }: Publication, live: LivePublished | undefined): 'done' | 'open' | 'changed' {
  if (live === undefined || live.linkAbove !== null) return 'changed'
  if (isWanted(live.sight, put)) return 'done'
  return isSameSight(live.sight, found) ? 'open' : 'changed'
}

function isWanted(sight: Sight, put: Publication['put']): boolean {
  if (put === null) return sight.kind === 'absent'
  return sight.kind === 'file' && sight.digest === put.digest && sight.mode === put.mode
}

function isSameSight(now: Sight, found: Sight): boolean {
  if (now.kind === 'file' && found.kind === 'file') return now.digest === found.digest
  if (now.kind === 'link' && found.kind === 'link') return now.digest === found.digest
  return now.kind === 'absent' && found.kind === 'absent'
}

function planOpen(layout: HomeLayout, roots: readonly string[], generation: number, open: readonly Publication[]): Step[] {
  const puts = open.flatMap(({ path, put }) => (put === null ? [] : [{ path, put, beside: besideOf(path) }]))
  const keeps = open.flatMap(({ path, found, backup }) =>
    backup === null || !('digest' in found) ? [] : planKeep(layout, path, found.digest, backup),
  )
  return [
    ...keeps,
    ...foldersOf(puts).map((path): Step => ({ do: 'make-directory', path, mode: '0755' })),
    ...puts.flatMap(({ put, beside }): Step[] => [
      { do: 'remove-file', path: beside },
      { do: 'copy', from: `${layout.surfaces(generation)}/${put.surface}`, to: beside, mode: put.mode, digest: put.digest },
    ]),
    ...(puts.length === 0 ? [] : [{ do: 'sync-files', paths: puts.map(({ beside }) => beside) } as const]),
    ...puts.map(({ beside, path }): Step => ({ do: 'rename', from: beside, to: path })),
    ...open.flatMap(({ path, put }): Step[] => (put === null ? [{ do: 'remove-file', path }] : [])),
    ...planSyncDown(roots, foldersOf(open)),
    ...(keeps.length === 0 ? [] : [{ do: 'remove-tree', path: layout.scratch } as const]),
  ]
}

function foldersOf(publications: readonly { readonly path: string }[]): string[] {
  return [...new Set(publications.map(({ path }) => folderOf(path)))].sort(compareText)
}

/** The folders and those above them up to their root, since they may be new. */
function planSyncDown(roots: readonly string[], folders: readonly string[]): Step[] {
  const all = new Set(folders.flatMap((folder) => foldersDownTo(rootOf(roots, folder), folder)))
  return [...all].map((path) => ({ do: 'sync-directory', path }))
}

function rootOf(roots: readonly string[], folder: string): string {
  return roots.find((root) => folder.startsWith(`${root}/`)) ?? folder
}

function toChanged({ path }: Publication): Finding {
  return toFinding('EDITED_FILE_IN_THE_WAY', {
    subject: path,
    message: `${path} was changed by somebody else after the plan was made; it stays as it is`,
    evidence: { expected: 'what was there when the plan was made', observed: 'something else' },
    fix: { text: 'Render again to see the difference.', command: 'sanctumctl render --diff', safe: true },
  })
}
