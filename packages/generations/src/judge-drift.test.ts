import { driftCodes, type GenerationDocument, type Surface } from '@sanctum/contracts'
import { buildSurface } from '@sanctum/testkit'
import { sha256 } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { toDriftFindings } from './drift-findings.ts'
import { type DriftQuestion, judgeDrift } from './judge-drift.ts'
import type { LivePublished } from './seen.ts'
import type { Neighbour } from './surroundings.ts'

const units = '/home/neo/.config/systemd/user'
const published = `${units}/com.sanctum.voice.service`
const surface = (over: Partial<Surface> = {}): Surface =>
  buildSurface(sha256, {
    path: 'systemd/com.sanctum.voice.service',
    content: 'voice',
    publish: published,
    subject: 'voice',
    target: 'systemd',
    unit: { name: 'com.sanctum.voice.service', service: 'voice', domain: 'user', starts: true },
    ...over,
  })
const documentOf = (...surfaces: Surface[]): GenerationDocument => ({
  schema_version: 1,
  number: 3,
  parent: 2,
  node: 'hub',
  created_at: '2026-11-27T08:00:00.000Z',
  made_from: { catalog: 'c', facts: 'f', sanctum: '0.1.0' },
  surfaces: surfaces.map(({ content, ...record }) => ({ ...record, size_bytes: content.length })),
  leftovers: [],
})
const seen = (text: string, over: Partial<LivePublished> & { mode?: string } = {}): LivePublished => ({
  path: published,
  sight: { kind: 'file', digest: sha256(text), mode: over.mode ?? '0644' },
  text: null,
  linkAbove: null,
  ...over,
})
const neighbour = (path: string, text: string, over: Partial<Neighbour> = {}): Neighbour => ({
  path,
  scope: 'user',
  addsTo: null,
  label: null,
  digest: sha256(text),
  header: null,
  ...over,
})
const around = (...neighbours: Neighbour[]) => ({ neighbours, owners: new Map<string, number>(), unread: [] })
const own = (...paths: string[]) => new Map(paths.map((path) => [path, new Set([sha256('voice')])]))
const retired = `${units}/com.sanctum.tunnel.service`
const plist = '/Users/neo/Library/LaunchAgents/com.sanctum.voice.plist'
const job = surface({
  path: 'launchd/com.sanctum.voice.plist',
  target: 'launchd',
  publish: plist,
  unit: { name: 'com.sanctum.voice', service: 'voice', domain: 'user', starts: true },
})

const base: DriftQuestion = {
  current: documentOf(surface()),
  surfaces: '/home/neo/.sanctum/generations/3/surfaces',
  damage: [],
  live: [seen('voice')],
  ledger: own(published),
  around: around(),
  owners: new Set([1000, 0]),
  desired: null,
}

type Case = [title: string, question: Partial<DriftQuestion>, expected: string[]]
const cases: Case[] = [
  ['all as committed', {}, []],
  ['another content', { live: [seen('edited')] }, ['modified voice by hand']],
  ['a link in its place', { live: [seen('', { sight: { kind: 'link', digest: 'l' } })] }, ['modified voice by hand']],
  ['a folder in its place', { live: [seen('', { sight: { kind: 'other', what: 'a folder' } })] }, ['modified voice by hand']],
  ['a folder above became a link', { live: [seen('voice', { linkAbove: '/home/neo/.config' })] }, ['modified voice by hand']],
  ['it is gone', { live: [seen('', { sight: { kind: 'absent' } })] }, ['missing voice mends']],
  ['another mode', { live: [seen('voice', { mode: '0666' })] }, ['metadata voice mends']],
  [
    'another owner, inside and outside',
    {
      around: {
        ...around(),
        owners: new Map([
          [published, 33],
          [`${base.surfaces}/systemd/com.sanctum.voice.service`, 33],
        ]),
      },
    },
    ['metadata voice by hand', 'metadata voice by hand'],
  ],
  ['it belongs to root', { around: { ...around(), owners: new Map([[published, 0]]) } }, []],
  [
    'retired and still there',
    { ledger: own(published, retired), live: [seen('voice'), seen('voice', { path: retired })] },
    [`stale ${retired} mends`],
  ],
  [
    'retired, edited and still there',
    { ledger: own(published, retired), live: [seen('voice'), seen('edited', { path: retired })] },
    [`stale ${retired} by hand`],
  ],
  ['retired and gone', { ledger: own(published, retired), live: [seen('voice')] }, []],
  ['a file under our name that nobody put there', { around: around(neighbour(retired, 'x')) }, [`extra ${retired} by hand`]],
  [
    'a file that Sanctum made and no generation remembers',
    { around: around(neighbour(retired, 'x', { header: 'whole' })) },
    [`extra ${retired} by hand`],
  ],
  [
    'a copy that comes first on the load path',
    { around: around(neighbour('/etc/systemd/user/com.sanctum.voice.service', 'x')) },
    ['shadow voice by hand'],
  ],
  [
    'a copy of the same content for the same manager',
    { around: around(neighbour('/etc/systemd/user/com.sanctum.voice.service', 'voice')) },
    [],
  ],
  [
    'a copy of the same content for the other manager, which runs it too',
    { around: around(neighbour('/etc/systemd/system/com.sanctum.voice.service', 'voice', { scope: 'system' })) },
    ['shadow voice by hand'],
  ],
  [
    'a drop-in',
    { around: around(neighbour(`${published}.d/override.conf`, '[Service]', { addsTo: 'com.sanctum.voice.service' })) },
    ['shadow voice by hand'],
  ],
  [
    'the same label under another file name',
    {
      current: documentOf(job),
      live: [seen('voice', { path: plist })],
      ledger: own(plist),
      around: around(neighbour('/Library/LaunchAgents/voice copy.plist', 'voice', { label: 'com.sanctum.voice' })),
    },
    ['shadow voice by hand'],
  ],
  [
    'a file of the generation was changed',
    { damage: [{ path: 'systemd/com.sanctum.voice.service', kind: 'changed', digest: 'x' }] },
    ['modified voice mends'],
  ],
  [
    'a file of the generation is gone',
    { damage: [{ path: 'systemd/com.sanctum.voice.service', kind: 'missing', digest: null }] },
    ['missing voice mends'],
  ],
  [
    'a file of the generation has another mode',
    { damage: [{ path: 'systemd/com.sanctum.voice.service', kind: 'mode', digest: 'x' }] },
    ['metadata voice mends'],
  ],
  ['a file in the generation that was never committed', { damage: [{ path: 'x', kind: 'extra', digest: 'x' }] }, ['extra x mends']],
]

test.each(cases)('%s', (_, question, expected) => {
  const drift = judgeDrift({ ...base, ...question })
  expect(drift.map(({ kind, subject, mends }) => `${kind} ${subject} ${mends ? 'mends' : 'by hand'}`)).toEqual(expected)
  for (const finding of toDriftFindings(drift))
    expect([finding.fix?.text, finding.fix?.command, finding.evidence?.expected, finding.evidence?.observed].every(Boolean)).toBe(true)
})

test('every kind of drift of a file has a case, and every code of this plane comes of one', () => {
  const drift = cases.flatMap(([, question]) => judgeDrift({ ...base, ...question }))
  expect([...new Set(drift.map(({ kind }) => kind))].sort()).toEqual(['extra', 'metadata', 'missing', 'modified', 'shadow', 'stale'])
  const told = new Set<string>(toDriftFindings(drift).map(({ code }) => code))
  const own = Object.keys(driftCodes).filter((code) => code.startsWith('DRIFT_') && code !== 'DRIFT_UNCHECKED')
  expect(own.filter((code) => !told.has(code))).toEqual([])
})

test.each([
  ['what was committed', 'voice', 'committed'],
  ['what is there already', 'edited', 'live'],
  ['something else', 'another', 'other'],
] as const)('three-way: the catalog wants %s', (_, wanted, desired) => {
  const [item] = judgeDrift({ ...base, live: [seen('edited')], desired: new Map([[published, sha256(wanted)]]) })
  expect(item?.desired).toBe(desired)
})

test('three-way: the catalog wants the file no more, or wants another one and nothing drifted', () => {
  expect(judgeDrift({ ...base, live: [seen('edited')], desired: new Map() })[0]?.desired).toBe('nothing')
  expect(judgeDrift({ ...base, desired: new Map([[published, sha256('another')]]) })).toEqual([])
})
