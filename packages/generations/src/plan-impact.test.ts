import type { Surface, SurfaceRecord } from '@sanctum/contracts'
import { buildSurface } from '@sanctum/testkit'
import { sha256 } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { mergeOwed } from './merge-owed.ts'
import { planImpact } from './plan-impact.ts'

const unit = (content: string, over: Partial<NonNullable<Surface['unit']>> = {}, publish: string | null = '/units/voice'): Surface => {
  const definition = { name: 'voice.service', service: 'voice', domain: 'user', starts: true, ...over } as const
  return buildSurface(sha256, { path: `systemd/${definition.name}`, content, publish, unit: definition, target: 'systemd' })
}
const plain = (path: string, content: string, over: Partial<Surface> = {}): Surface => buildSurface(sha256, { path, content, ...over })
const toRecord = ({ content, ...record }: Surface): SurfaceRecord => ({ ...record, size_bytes: content.length })

const wrapped = 'ExecStart=/home/neo/.sanctum/current/surfaces/bin/with-secrets -- voice'
const configured = 'ExecStart=/usr/bin/voice --config "/home/neo/.sanctum/current/surfaces/config/voice.yaml"'
const program = (text: string) => plain('bin/with-secrets', text, { target: 'programs' })

type Case = [
  title: string,
  question: { before?: Surface[]; wanted: Surface[]; mended?: Record<string, 'gone' | 'altered'>; reloadable?: string[] },
  expected: string[],
]
const cases: Case[] = [
  ['a new unit starts', { wanted: [unit('a')] }, ['start voice.service']],
  ['a new fallback is only known', { wanted: [unit('a', { starts: false })] }, ['stay voice.service']],
  ['an unchanged unit stays', { before: [unit('a')], wanted: [unit('a')] }, ['stay voice.service']],
  ['a changed definition restarts', { before: [unit('a')], wanted: [unit('b')] }, ['restart voice.service']],
  [
    'a changed mode of the file changes nothing that runs',
    { before: [unit('a')], wanted: [{ ...unit('a'), mode: '0600' }] },
    ['stay voice.service'],
  ],
  ['a moved definition restarts', { before: [unit('a')], wanted: [unit('a', {}, '/elsewhere/voice')] }, ['restart voice.service']],
  [
    'a changed fallback is never started',
    { before: [unit('a', { starts: false })], wanted: [unit('b', { starts: false })] },
    ['stay voice.service'],
  ],
  ['a unit that becomes a fallback stops', { before: [unit('a')], wanted: [unit('a', { starts: false })] }, ['stop voice.service']],
  ['a fallback that becomes a unit starts', { before: [unit('a', { starts: false })], wanted: [unit('a')] }, ['start voice.service']],
  ['a retired unit stops', { before: [unit('a')], wanted: [] }, ['stop voice.service']],
  [
    'a retired fallback stops, since somebody may have started it',
    { before: [unit('a', { starts: false })], wanted: [] },
    ['stop voice.service'],
  ],
  [
    'a renamed unit stops under its old name and starts under the new',
    { before: [unit('a')], wanted: [unit('a', { name: 'speech.service' })] },
    ['start speech.service', 'stop voice.service'],
  ],
  [
    'a unit that changes its domain stops there and starts here',
    { before: [unit('a', { domain: 'system' })], wanted: [unit('a')] },
    ['stop voice.service', 'start voice.service'],
  ],
  [
    'a changed program restarts who runs it',
    { before: [unit(wrapped), program('1')], wanted: [unit(wrapped), program('2')] },
    ['restart voice.service'],
  ],
  [
    'a changed program leaves others alone',
    { before: [unit('a'), program('1')], wanted: [unit('a'), program('2')] },
    ['stay voice.service'],
  ],
  [
    'a changed program restarts even who could reload',
    { before: [unit(wrapped), program('1')], wanted: [unit(wrapped), program('2')], reloadable: ['voice'] },
    ['restart voice.service'],
  ],
  [
    'a changed program does not start a fallback',
    { before: [unit(wrapped, { starts: false }), program('1')], wanted: [unit(wrapped, { starts: false }), program('2')] },
    ['stay voice.service'],
  ],
  [
    'a changed configuration restarts',
    { before: [unit(configured), plain('config/voice.yaml', '1')], wanted: [unit(configured), plain('config/voice.yaml', '2')] },
    ['restart voice.service'],
  ],
  [
    'a changed configuration reloads who can',
    {
      before: [unit(configured), plain('config/voice.yaml', '1')],
      wanted: [unit(configured), plain('config/voice.yaml', '2')],
      reloadable: ['voice'],
    },
    ['reload voice.service'],
  ],
  [
    'a configuration with a longer name is another one',
    { before: [unit(configured), plain('config/voice.yaml.old', '1')], wanted: [unit(configured), plain('config/voice.yaml.old', '2')] },
    ['stay voice.service'],
  ],
  [
    'a manifest that nobody names changes nothing that runs',
    { before: [unit('a'), plain('services/voice.yaml', '1')], wanted: [unit('a'), plain('services/voice.yaml', '2')] },
    ['stay voice.service'],
  ],
  [
    'a definition that was gone is started, which a running one ignores',
    { before: [unit('a')], wanted: [unit('a')], mended: { 'systemd/voice.service': 'gone' } },
    ['start voice.service'],
  ],
  [
    'a definition that was edited restarts',
    { before: [unit('a')], wanted: [unit('a')], mended: { 'systemd/voice.service': 'altered' } },
    ['restart voice.service'],
  ],
  [
    'a program that was damaged restarts who runs it',
    { before: [unit(wrapped), program('1')], wanted: [unit(wrapped), program('1')], mended: { 'bin/with-secrets': 'altered' } },
    ['restart voice.service'],
  ],
]

test.each(cases)('%s', (_, { before = [], wanted, mended = {}, reloadable = [] }, expected) => {
  const impact = planImpact({
    before: before.map(toRecord),
    wanted,
    mended: new Map(Object.entries(mended)),
    texts: new Map(before.map(({ path, content }) => [path, content])),
    reloadable: new Set(reloadable),
  })
  expect(impact.map(({ action, unit: name }) => `${action} ${name}`)).toEqual(expected)
  for (const { why } of impact) expect(why).not.toBe('')
})

const entry = (action: 'start' | 'stop' | 'restart' | 'reload' | 'stay', name = 'a') => ({ service: name, unit: name, action, why: 'x' })
const inDomain = (action: 'start' | 'stop' | 'stay', domain?: 'system' | 'user') => ({ ...entry(action), ...(domain ? { domain } : {}) })
test.each([
  [
    'a stop owed in one domain is no stop in the other',
    [inDomain('stay', 'system')],
    [inDomain('stop', 'user')],
    ['stop user', 'stay system'],
  ],
  [
    'a move that was interrupted is made whole',
    [inDomain('stay', 'system')],
    [inDomain('stop', 'user'), inDomain('start', 'system')],
    ['stop user', 'start system'],
  ],
  ['what was noted before domains were is met by its name', [inDomain('stay', 'user')], [inDomain('start')], ['start user']],
] as const)('%s', (_, impact, owed, expected) => {
  expect(mergeOwed(impact, owed).map(({ action, domain }) => `${action} ${domain}`)).toEqual(expected)
})

test.each([
  ['what is owed is done where the change does nothing', [entry('stay')], [entry('restart')], ['restart a']],
  ['the newer plan wins', [entry('start')], [entry('restart')], ['start a']],
  ['a restart is not weakened to a reload', [entry('reload')], [entry('restart')], ['restart a']],
  ['a stop of what is gone for good is done', [], [entry('stop')], ['stop a']],
  ['a start of what is gone for good is not', [], [entry('start')], []],
  ['nothing owed', [entry('stay')], [], ['stay a']],
])('%s', (_, impact, owed, expected) => {
  expect(mergeOwed(impact, owed).map(({ action, unit: name }) => `${action} ${name}`)).toEqual(expected)
})
