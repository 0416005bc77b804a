import { expect, test } from 'vitest'
import { factsOfTests } from '../../test/facts-of-tests.ts'
import { readSite } from '../read-site.ts'
import { judgeRunning } from './judge-running.ts'
import { toRunningHaus } from './to-running-haus.ts'

const haus = {
  kind: 'running',
  slug: 'small',
  services: [
    { id: 'watchdog', label: 'com.sanctum.watchdog', ports: [2187], open: [2187] },
    { id: 'dashboard', label: 'com.sanctum.dashboard', ports: [1112, 1113], open: [1112] },
    { id: 'clock', label: 'com.sanctum.clock', ports: [], open: [] },
  ],
} as const

const judge = (source: string) => judgeRunning(readSite([{ file: 'docs/x.md', source, isGenerated: false }], []), factsOfTests, haus)
const row = (...cells: string[]) => `| Service | Label | Port |\n|---|---|---|\n| ${cells.join(' | ')} |\n`

test.each([
  ['a port that listens', row('watchdog', '–', '2187'), 1, []],
  ['a port that does not', row('dashboard', '–', '1111'), 1, ['dashboard runs here with port 1112, 1113, not 1111']],
  ['a port in a sentence', 'the `dashboard` on port 1111\n', 1, ['dashboard runs here with port 1112, 1113, not 1111']],
  ['a port of it on which nothing listens', row('dashboard', '–', '1113'), 1, ['nothing listens here on port 1113 of dashboard']],
  ['its label', row('watchdog', 'com.sanctum.watchdog', '–'), 1, []],
  [
    'another label',
    row('watchdog', 'com.sanctum.dog', '–'),
    1,
    ['watchdog runs here under the label com.sanctum.watchdog, not com.sanctum.dog'],
  ],
  [
    'another label in a sentence',
    'It has a clock. The `watchdog` is `com.sanctum.dog` to launchd.\n',
    1,
    ['watchdog runs here under the label com.sanctum.watchdog, not com.sanctum.dog'],
  ],
  ['the number in a sentence of pieces', 'The `small` haus has 9 services.\n', 1, ['small runs here with 3 services, not 9']],
  ['the number of services', 'The small haus has three services.\n', 1, []],
  ['another number', 'The small haus has 9 services.\n', 1, ['small runs here with 3 services, not 9']],
  ['a service that is elsewhere', row('speech', 'com.other', '77'), 0, []],
  ['another haus', 'The large haus has 9 services.\n', 0, []],
])('%s', (_what, source, claims, messages) => {
  const judged = judge(source)
  expect(judged.claims).toBe(claims)
  expect(judged.findings.map(({ code, message }) => [code, message])).toEqual(messages.map((message) => ['DOCS_RUNNING', message]))
})

const status = (activity: string) =>
  JSON.stringify({ data: { status: { services: [{ id: 'dashboard', activity, ports: [1111, 1112] }] } } })
const profile = JSON.stringify({
  data: { haus: { instance: { slug: 'small' }, services: { dashboard: { label: 'com.sanctum.dashboard' } } } },
})

test('ports that answer are told from those that the haus gives', async () => {
  expect(
    await toRunningHaus({ status: async () => status('running'), profile: async () => profile }, async (port) => port === 1112),
  ).toEqual({
    kind: 'running',
    slug: 'small',
    services: [{ id: 'dashboard', label: 'com.sanctum.dashboard', ports: [1111, 1112], open: [1112] }],
  })
})

test.each([['stopped'], ['nothing']])('%s is no haus that runs', async (activity) => {
  const said = activity === 'nothing' ? 'no JSON' : status(activity)
  expect(await toRunningHaus({ status: async () => said, profile: async () => profile }, async () => true)).toMatchObject({ kind: 'none' })
})
