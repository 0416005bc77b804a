import type { Event } from '@sanctum/contracts'
import { planVersions, toHistory } from '@sanctum/upgrade'
import { expect, test } from 'vitest'

const [a, b] = ['a'.repeat(40), 'b'.repeat(40)]

function events(...rows: readonly (readonly [kind: string, subject: string, data: Event['data']])[]): Event[] {
  return rows.map(([kind, subject, data], at) => ({ seq: at + 1, at_ms: at * 1000, kind, subject, data }))
}

test('one line for each change, with what became of it; what an upgrade made is told with the upgrade', () => {
  const journal = events(
    ['generation-committed', 'generation 1', { command: 'up' }],
    ['generation-confirmed', 'generation 1', { command: 'up' }],
    ['upgrade-begun', 'bbbb', { id: 'one', kind: 'upgrade', from: a, to: b, despite: ['lease-open'] }],
    ['generation-committed', 'generation 2', { command: 'render' }],
    ['generation-confirmed', 'generation 2', { command: 'upgrade' }],
    ['upgrade-ended', 'bbbb', { id: 'one', outcome: 'done', generation: 2, why: null, proof: 'verify: 20 steps' }],
    ['generation-committed', 'generation 3', { command: 'render' }],
    ['generation-reverted', 'generation 3', { why: 'sick', because: ['no answer'] }],
    ['generation-committed', 'generation 4', { command: 'render' }],
  )
  const lines = toHistory(journal, [{ number: 1, revision: a }]).map(({ command, outcome, generation, revision, proof, despite }) =>
    [command, outcome, generation, revision, proof, ...despite].join(' | '),
  )
  expect(lines).toEqual([
    'render | unproven | 4 |  | ',
    'render | reverted | 3 |  | sick; no answer',
    `upgrade | confirmed | 2 | ${b} | verify: 20 steps | lease-open`,
    `up | confirmed | 1 | ${a} | its services were proven ready by up`,
  ])
})

test('what a revert brought back is as proven as it was before, and what never was stays unproven', () => {
  const back = (from: number, to: number) =>
    [
      ['generation-committed', `generation ${from}`, { command: 'render' }],
      ['generation-committed', `generation ${to}`, { command: 'revert' }],
      ['generation-reverted', `generation ${from}`, { to, why: 'sick' }],
    ] as const
  const up = [
    ['generation-committed', 'generation 1', { command: 'up' }],
    ['generation-confirmed', 'generation 1', { command: 'up' }],
  ] as const
  const told = (journal: Event[]) => toHistory(journal, []).map(({ command, outcome, proof }) => `${command} ${outcome} ${proof}`)
  expect(told(events(...up, ...back(2, 1)))).toEqual([
    'revert confirmed it was confirmed before',
    'render reverted sick',
    'up confirmed its services were proven ready by up',
  ])
  expect(told(events(...back(2, 1)))).toEqual(['revert unproven null', 'render reverted sick'])
})

test('a generation that a rollback of the code brought back keeps what was told of it before and after', () => {
  const journal = events(
    ['generation-committed', 'generation 1', { command: 'up' }],
    ['generation-confirmed', 'generation 1', { command: 'up' }],
    ['upgrade-begun', 'aaaa', { id: 'back', kind: 'rollback', from: b, to: a, despite: [] }],
    ['generation-committed', 'generation 1', { command: 'rollback' }],
    ['upgrade-ended', 'aaaa', { id: 'back', outcome: 'done', generation: 1, proof: 'doctor' }],
    ['generation-confirmed', 'generation 1', { command: 'up' }],
    ['generation-committed', 'generation 2', { command: 'render' }],
    ['generation-committed', 'generation 1', { command: 'rollback' }],
  )
  expect(toHistory(journal, []).map(({ command, outcome, from }) => `${command} ${outcome} ${from === b}`)).toEqual([
    'rollback unproven false',
    'render unproven false',
    'rollback confirmed true',
    'up confirmed false',
  ])
})

test('an upgrade that was cut off and never put in order stays unproven', () => {
  const journal = events(['upgrade-begun', 'bbbb', { kind: 'rollback', from: b, to: a, despite: [] }])
  expect(toHistory(journal, [])).toMatchObject([{ command: 'rollback', outcome: 'unproven', from: b, revision: a }])
})

test('an upgrade whose end nobody told hides nothing that came after it, and one that ended twice is one row', () => {
  const journal = events(
    ['upgrade-begun', 'bbbb', { id: 'cut', kind: 'upgrade', from: a, to: b, despite: [] }],
    ['generation-committed', 'generation 5', { command: 'render' }],
    ['generation-confirmed', 'generation 5', { command: 'render' }],
    ['upgrade-begun', 'bbbb', { id: 'left', kind: 'upgrade', from: a, to: b, despite: [] }],
    ['upgrade-ended', 'bbbb', { id: 'left', outcome: 'unfinished', generation: null }],
    ['upgrade-ended', 'bbbb', { id: 'left', outcome: 'done', generation: null }],
  )
  expect(toHistory(journal, []).map(({ command, outcome }) => `${command} ${outcome}`)).toEqual([
    'upgrade confirmed',
    'render confirmed',
    'upgrade unproven',
  ])
})

const made = (number: number, command?: string) =>
  ['generation-committed', `generation ${number}`, command === undefined ? {} : { command }] as const
const proven = (number: number, data: Event['data'] = { command: 'up' }) => ['generation-confirmed', `generation ${number}`, data] as const
const begun = (id: string) => ['upgrade-begun', 'bbbb', { id, kind: 'upgrade', from: a, to: b }] as const
const ended = (id: string, data: Event['data']) => ['upgrade-ended', 'bbbb', { id, ...data }] as const

test.each<[string, Event[], string[]]>([
  ['of the order in which they come', events(made(1), made(2), begun('one')).toReversed(), ['upgrade unproven', 'render 2', 'render 1']],
  [
    'which upgrade came to which end',
    events(
      begun('one'),
      begun('two'),
      ended('one', { outcome: 'done', generation: 4, why: 'w', proof: 'p' }),
      ended('two', { outcome: 'odd' }),
    ),
    ['upgrade unproven', 'upgrade confirmed 4: w'],
  ],
  ['of an end without a beginning', events(made(1), ended('one', { outcome: 'done' })), ['render 1']],
  [
    'what came of a generation, by its newest change that is no upgrade',
    events(
      begun('one'),
      made(4),
      ended('one', { outcome: 'done', generation: 4 }),
      made(4, 'rollback'),
      proven(4, { proof: 'doctor' }),
      made(5),
    ),
    ['render 5', 'rollback as rollback confirmed 4: doctor', 'upgrade confirmed 4'],
  ],
  [
    'what was proven by nobody knows what, and nothing of what nobody made',
    events(made(1), proven(1, {}), proven(9), ['generation-committed', 'generation x', {}]),
    ['render confirmed 1: its services were proven ready by a command'],
  ],
  [
    'what is stuck, with every reason or none',
    events(made(1), ['revert-refused', 'generation 1', { why: 'w', because: ['x', 'y'] }], made(2), [
      'generation-reverted',
      'generation 2',
      {},
    ]),
    ['render reverted 2', 'render stuck 1: w; x; y'],
  ],
  [
    'a way back only to what was proven before it',
    events(made(1), proven(1), made(2), made(3, 'revert'), ['generation-reverted', 'generation 2', { to: 3 }]),
    ['revert 3', 'render reverted 2', 'render confirmed 1: its services were proven ready by up'],
  ],
  [
    'a way back only by a revert',
    events(made(1), proven(1), made(2), made(1), ['generation-reverted', 'generation 2', { to: 1 }]),
    ['render 1', 'render reverted 2', 'render confirmed 1: its services were proven ready by up'],
  ],
  [
    'nothing of what an upgrade made, before its end and after',
    events(made(1), begun('one'), made(2), proven(2), ended('one', { outcome: 'done', generation: 2 }), proven(2), made(3)),
    ['render 3', 'upgrade confirmed 2', 'render 1'],
  ],
])('a history tells %s', (_what, journal, expected) => {
  const lines = toHistory(journal, []).map(({ what, command, outcome, generation, proof }) => {
    const named = what === (command === 'upgrade' ? 'upgrade' : 'change') ? command : `${command} as ${what}`
    const came = outcome === 'unproven' && command !== 'upgrade' ? named : `${named} ${outcome}`
    return `${came}${generation === null ? '' : ` ${generation}`}${proof === null ? '' : `: ${proof}`}`
  })
  expect(lines).toEqual(expected)
  expect(toHistory(journal, []).flatMap(({ despite }) => despite)).toEqual([])
})

test('versions that a kept generation, a checkout or the upgrade itself names stay, and so do names that are not ours', () => {
  const c = 'c'.repeat(40)
  expect(planVersions({ names: [a, b, c, '.trash', 'mine'], named: [a], held: [b] })).toEqual([c])
})
