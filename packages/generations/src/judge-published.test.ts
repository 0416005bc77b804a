import type { Surface } from '@sanctum/contracts'
import { buildSurface } from '@sanctum/testkit'
import { sha256 } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { judgePublished } from './judge-published.ts'
import type { LivePublished } from './seen.ts'

const path = '/units/voice.service'
const wanted: Surface = buildSurface(sha256, { path: 'systemd/voice.service', content: 'new', publish: path, subject: 'voice' })
const live = (text: string, mode = '0644'): LivePublished => ({
  path,
  sight: { kind: 'file', digest: sha256(text), mode },
  text,
  linkAbove: null,
})
const absent: LivePublished = { path, sight: { kind: 'absent' }, text: null, linkAbove: null }
const link: LivePublished = { path, sight: { kind: 'link', digest: 'l'.repeat(64) }, text: 'link to /x\n', linkAbove: null }
const folder: LivePublished = { path, sight: { kind: 'other', what: 'a folder' }, text: null, linkAbove: null }
const throughLink: LivePublished = { ...absent, linkAbove: '/units' }

type Case = [
  title: string,
  { wanted: Surface | null; applied: string | null; live: LivePublished; ours: string[] },
  expected: string,
  forced: string,
]
const cases: Case[] = [
  ['nothing there yet', { wanted, applied: null, live: absent, ours: [] }, 'create put', 'create put'],
  ['it was deleted', { wanted, applied: 'new', live: absent, ours: ['new'] }, 'create put', 'create put'],
  ['as wanted', { wanted, applied: 'new', live: live('new'), ours: ['new'] }, '-', '-'],
  ['the same content, not by Sanctum', { wanted, applied: null, live: live('new'), ours: [] }, 'adopt', 'adopt'],
  ['another mode', { wanted, applied: 'new', live: live('new', '0600'), ours: ['new'] }, 'mode put', 'mode put'],
  ['what was applied last', { wanted, applied: 'old', live: live('old'), ours: ['old'] }, 'modify put', 'modify put'],
  ['what was applied long ago', { wanted, applied: 'old', live: live('older'), ours: ['older', 'old'] }, 'modify put', 'modify put'],
  ['a foreign file', { wanted, applied: null, live: live('theirs'), ours: [] }, 'foreign FOREIGN_FILE', 'foreign put kept'],
  ['a foreign link', { wanted, applied: null, live: link, ours: [] }, 'foreign FOREIGN_FILE', 'foreign put kept'],
  [
    'an edit, and nothing new is wanted',
    { wanted, applied: 'new', live: live('edit'), ours: ['new'] },
    'edited EDITED_FILE',
    'edited put kept',
  ],
  [
    'an edit, and something new is wanted',
    { wanted, applied: 'old', live: live('edit'), ours: ['old'] },
    'edited EDITED_FILE_IN_THE_WAY',
    'edited put kept',
  ],
  ['a link in place of the file', { wanted, applied: 'new', live: link, ours: ['new'] }, 'edited EDITED_FILE', 'edited put kept'],
  [
    'a folder in place of the file',
    { wanted, applied: 'new', live: folder, ours: ['new'] },
    'PUBLISH_PATH_BLOCKED',
    'PUBLISH_PATH_BLOCKED',
  ],
  ['a link above', { wanted, applied: null, live: throughLink, ours: [] }, 'PUBLISH_THROUGH_LINK', 'PUBLISH_THROUGH_LINK'],
  ['retired and as applied', { wanted: null, applied: 'old', live: live('old'), ours: ['old'] }, 'remove take', 'remove take'],
  ['retired three generations ago', { wanted: null, applied: null, live: live('old'), ours: ['old'] }, 'remove take', 'remove take'],
  ['retired and gone', { wanted: null, applied: 'old', live: absent, ours: ['old'] }, '-', '-'],
  ['retired and edited', { wanted: null, applied: 'old', live: live('edit'), ours: ['old'] }, 'edited EDITED_LEFTOVER', 'remove take kept'],
  ['retired and now a folder', { wanted: null, applied: 'old', live: folder, ours: ['old'] }, '-', '-'],
  ['retired behind a link', { wanted: null, applied: 'old', live: throughLink, ours: ['old'] }, '-', '-'],
]

test.each(cases)('%s', (_, { wanted: surface, applied, live: seen, ours }, expected, forced) => {
  const judge = (force: boolean) => {
    const ledger = new Map(ours.length === 0 ? [] : [[path, new Set(ours.map(sha256))]])
    const applies = applied === null ? null : sha256(applied)
    const { change, publication, finding } = judgePublished({ wanted: surface, applied: applies, live: seen, ledger, home: '/home', force })
    const act = publication === null ? [] : [publication.put ? 'put' : 'take', ...(publication.backup === null ? [] : ['kept'])]
    return [change?.kind, ...act, finding?.code].filter(Boolean).join(' ') || '-'
  }
  expect(judge(false)).toBe(expected)
  expect(judge(true)).toBe(forced)
})

test('a file that is not ours comes with a diff and with the command that replaces it', () => {
  const { change, finding } = judgePublished({
    wanted,
    applied: null,
    live: live('theirs'),
    ledger: new Map(),
    home: '/home',
    force: false,
  })
  expect(change?.diff).toContain('-theirs')
  expect(change?.diff).toContain('+new')
  expect(finding?.fix?.command).toBe('sanctumctl render --force')
})
