import type { ChangeKind, Finding, Publication, Sight, Surface } from '@sanctum/contracts'
import { diffText } from './diff-text.ts'
import { backupOf, homeLayout } from './home-layout.ts'
import type { Ledger } from './ledger.ts'
import { quotePath } from './quote-path.ts'
import type { LivePublished } from './seen.ts'
import { toDigestText } from './to-digest-text.ts'
import { type GenerationCode, toFinding } from './to-finding.ts'

/** One file outside the generations: what is wanted there, what was put there last, what is there. */
export interface PublishedQuestion {
  /** Null where nothing is wanted any more. */
  readonly wanted: Surface | null
  /** Digest that `current` publishes there; null if it does not. */
  readonly applied: string | null
  readonly live: LivePublished
  readonly ledger: Ledger
  readonly home: string
  readonly force: boolean
}

export interface PublishedJudgement {
  readonly change: { readonly kind: ChangeKind; readonly why: string; readonly diff?: string } | null
  readonly publication: Publication | null
  readonly finding: Finding | null
}

/** Three-way: what Sanctum put there last, what is there now, what is wanted. Only what is provably Sanctum's own is replaced. */
export function judgePublished(question: PublishedQuestion): PublishedJudgement {
  const { live, wanted } = question
  if (live.linkAbove !== null) return judgeLinkAbove(question, live.linkAbove)
  if (live.sight.kind === 'other') return judgeBlocked(question, live.sight.what)
  if (live.sight.kind === 'absent')
    return wanted === null ? nothing : put(question, 'create', question.applied === null ? 'new' : 'it was gone')
  if (wanted !== null && isSame(live.sight, wanted)) return judgeSame(question, wanted, live.sight)
  const owned = question.ledger.get(live.path)
  if (live.sight.kind === 'file' && owned?.has(live.sight.digest)) return judgeOwn(question)
  return owned === undefined ? judgeForeign(question) : judgeEdited(question)
}

const nothing: PublishedJudgement = { change: null, publication: null, finding: null }

function isSame(sight: Sight, wanted: Surface): sight is Extract<Sight, { kind: 'file' }> {
  return sight.kind === 'file' && sight.digest === wanted.digest
}

function judgeSame(question: PublishedQuestion, wanted: Surface, sight: Extract<Sight, { kind: 'file' }>): PublishedJudgement {
  if (sight.mode !== wanted.mode) return put(question, 'mode', `mode ${sight.mode} becomes ${wanted.mode}`)
  if (question.ledger.has(wanted.publish ?? '')) return nothing
  return { ...nothing, change: { kind: 'adopt', why: 'the same content is there already' } }
}

function judgeOwn(question: PublishedQuestion): PublishedJudgement {
  if (question.wanted === null) return put(question, 'remove', 'no longer wanted')
  const isAsApplied = question.live.sight.kind === 'file' && question.live.sight.digest === question.applied
  return put(question, 'modify', isAsApplied ? 'its content changes' : 'an older content is there')
}

function judgeForeign(question: PublishedQuestion): PublishedJudgement {
  const { wanted, live, force } = question
  if (wanted === null) return nothing
  if (force) return put(question, 'foreign', 'a foreign file is replaced and kept as a backup', true)
  return {
    publication: null,
    change: { kind: 'foreign', why: 'somebody else put a file there', diff: toDiff(question) },
    finding: describe(
      'FOREIGN_FILE',
      question,
      `${live.path} was not put there by Sanctum and is not what ${wanted.subject} needs`,
      'replaces it',
    ),
  }
}

function judgeEdited(question: PublishedQuestion): PublishedJudgement {
  const { wanted, live, force, applied } = question
  const diff = toDiff(question)
  if (force) {
    const why = wanted === null ? 'an edited file is removed and kept as a backup' : 'an edited file is replaced and kept as a backup'
    return put(question, wanted === null ? 'remove' : 'edited', why, true)
  }
  const edited = (why: string, code: GenerationCode, message: string, effect: string): PublishedJudgement => ({
    publication: null,
    change: { kind: 'edited', why, diff },
    finding: describe(code, question, message, effect),
  })
  if (wanted === null)
    return edited(
      'edited by hand; stays',
      'EDITED_LEFTOVER',
      `${live.path} is no longer wanted, but was edited by hand and stays`,
      'removes it',
    )
  if (wanted.digest === applied)
    return edited('edited by hand; stays', 'EDITED_FILE', `${live.path} was edited by hand`, 'puts the content of the catalog back')
  return edited(
    'edited by hand, and another content is wanted',
    'EDITED_FILE_IN_THE_WAY',
    `${live.path} was edited by hand, and the catalog now wants another content`,
    'replaces it',
  )
}

function judgeLinkAbove({ wanted, live }: PublishedQuestion, link: string): PublishedJudgement {
  if (wanted === null) return nothing
  return {
    ...nothing,
    finding: toFinding('PUBLISH_THROUGH_LINK', {
      subject: live.path,
      message: `${live.path} cannot be published: ${link} is a link or no folder`,
      evidence: { expected: 'real folders all the way down', observed: `${link}, a link or no folder` },
      fix: { text: `Replace ${link} with a real folder.`, command: `ls -ld ${quotePath(link)}` },
    }),
  }
}

function judgeBlocked({ wanted, live }: PublishedQuestion, what: string): PublishedJudgement {
  if (wanted === null) return nothing
  return {
    ...nothing,
    finding: toFinding('PUBLISH_PATH_BLOCKED', {
      subject: live.path,
      message: `${live.path} is ${what}, where the file of ${wanted.subject} belongs`,
      evidence: { expected: 'a file, or nothing', observed: what },
      fix: { text: `Move ${live.path} away.`, command: `mv ${quotePath(live.path)} ${quotePath(`${live.path}.old`)}` },
    }),
  }
}

function put(question: PublishedQuestion, kind: ChangeKind, why: string, keep = false): PublishedJudgement {
  const { wanted, live, home } = question
  const digest = keep && (live.sight.kind === 'file' || live.sight.kind === 'link') ? live.sight.digest : null
  return {
    finding: null,
    change: { kind, why, ...(keep ? { diff: toDiff(question) } : {}) },
    publication: {
      path: live.path,
      put: wanted && { surface: wanted.path, digest: wanted.digest, mode: wanted.mode },
      found: live.sight,
      backup: digest === null ? null : backupOf(homeLayout(home), live.path, digest),
    },
  }
}

function describe(code: GenerationCode, { live, wanted }: PublishedQuestion, message: string, effect: string): Finding {
  return toFinding(code, {
    subject: live.path,
    message,
    evidence: { expected: wanted ? toDigestText(wanted.digest) : 'nothing there', observed: toSightText(live.sight) },
    fix: {
      text: `Look at the difference; sanctumctl render --force ${effect} and keeps a copy.`,
      command: 'sanctumctl render --force',
      safe: false,
    },
  })
}

function toDiff({ live, wanted }: PublishedQuestion): string {
  return diffText(live.text, wanted?.content ?? null, { before: `${live.path} (found)`, after: `${live.path} (wanted)` })
}

function toSightText(sight: Sight): string {
  return sight.kind === 'file' ? toDigestText(sight.digest) : sight.kind === 'link' ? 'a link' : sight.kind
}
