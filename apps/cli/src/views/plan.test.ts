import type { FileChange, Loss } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { renderFileDiffs } from './file-diffs.ts'
import { type PlanView, renderPlan } from './plan.ts'
import { createStyle } from './style.ts'

const plain = createStyle({ color: false, columns: 100 })
const colored = createStyle({ color: true, columns: 100 })
const change = (kind: FileChange['kind'], subject = 'voice') =>
  ({ kind, path: `units/${kind}`, subject, why: `it is ${kind}` }) as FileChange
const loss = (service: string, field: string, outcome = 'emulated') => ({ service, target: 'launchd', outcome, field }) as Loss
const empty: PlanView = { changes: [], impact: [], losses: [], skipped: {} }

test('a plan of nothing says nothing', () => expect(renderPlan(empty, plain)).toBe(''))

test('a plan shows each change by its sign, what services feel, what is lost, and what does not run here', () => {
  const kinds = ['create', 'modify', 'mode', 'remove', 'adopt', 'foreign', 'edited'] as const
  const impact: PlanView['impact'] = [
    { action: 'restart', service: 'voice', unit: 'voice.service', why: 'it changed' },
    { action: 'stay', service: 'lamp', unit: 'lamp.service', why: 'nothing changed' },
  ]
  const losses = [loss('voice', 'stop'), loss('voice', 'start'), loss('voice', 'sandbox', 'impossible'), loss('lamp', 'stop')]
  const skipped = { vm: { why: 'it runs on hub' } } as PlanView['skipped']
  expect(renderPlan({ changes: kinds.map((kind) => change(kind)), impact, losses, skipped }, plain).split('\n')).toEqual([
    'files (7)',
    '  + units/create  it is create',
    '  ~ units/modify  it is modify',
    '  ~ units/mode  it is mode',
    '  - units/remove  it is remove',
    '  = units/adopt  it is adopt',
    '  ! units/foreign  it is foreign',
    '  ! units/edited  it is edited',
    'services',
    '  restart voice  it changed',
    'not expressible as asked',
    '  voice on launchd: emulated stop, start',
    '  voice on launchd: impossible sandbox',
    'not on this machine',
    '  vm  it runs on hub',
  ])
})

test('where no file changes, every loss is told', () => {
  expect(renderPlan({ ...empty, losses: [loss('lamp', 'stop')] }, plain)).toContain('lamp on launchd: emulated stop')
})

test('a diff has the colours of git, and a change without text is a line', () => {
  const diffs = [
    { path: 'a', change: 'modify', why: 'it differs', text: '--- a\n+++ a\n-old\n+new\n same\n' },
    { path: 'b', change: 'mode', why: 'its mode differs', text: '' },
  ] as Parameters<typeof renderFileDiffs>[0]
  expect(renderFileDiffs(diffs, plain).split('\n')).toEqual(['--- a', '+++ a', '-old', '+new', ' same', 'mode b  its mode differs'])
  const { strong, bad, good, faint } = colored
  expect(renderFileDiffs(diffs, colored).split('\n')).toEqual([
    strong('--- a'),
    strong('+++ a'),
    bad('-old'),
    good('+new'),
    ' same',
    `mode b  ${faint('its mode differs')}`,
  ])
})
