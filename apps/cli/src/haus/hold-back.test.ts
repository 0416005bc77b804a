import type { UnitAction } from '@sanctum/contracts'
import type { GenerationPlan } from '@sanctum/generations'
import { expect, test } from 'vitest'
import { holdBack } from './hold-back.ts'

type Case = [title: string, pointer: GenerationPlan['pointer']['kind'], actions: UnitAction[], held: UnitAction[], isHeldBack: boolean]
const cases: Case[] = [
  ['a start waits for somebody to say so', 'new', ['start', 'stay'], ['stay', 'stay'], true],
  ['a restart and a reload wait as well', 'new', ['restart', 'reload'], ['stay', 'stay'], true],
  ['what goes is taken away', 'new', ['stop', 'start'], ['stop', 'stay'], true],
  ['another probe or limit is unproven while nothing runs', 'new', ['stay', 'stay'], ['stay', 'stay'], true],
  ['so is one that a roll back brings', 'move', ['stay'], ['stay'], true],
  ['where everything goes there is nothing to prove', 'new', ['stop', 'stop'], ['stop', 'stop'], false],
  ['without a unit there is nothing to prove', 'new', [], [], false],
  ['a file that is put back in the same generation proves itself', 'keep', ['stay'], ['stay'], false],
  ['what an interrupted run owes is unproven', 'keep', ['restart'], ['stay'], true],
]

test.each(cases)('%s', (_, kind, actions, held, isHeldBack) => {
  const pointer = kind === 'keep' ? { kind } : { kind, number: 2 }
  const answer = holdBack({ pointer, impact: actions.map((action, at) => ({ service: `s${at}`, unit: `u${at}`, action, why: 'so' })) })
  expect([answer.impact.map(({ action }) => action), answer.isHeldBack]).toEqual([held, isHeldBack])
})
