import { expect, test } from 'vitest'
import { UsageProblem } from '../command.ts'
import { settingsOfFlags } from './settings.ts'

test('flags set values in the order given, the profile first; a value may hold =', () => {
  expect(settingsOfFlags({ profile: 'minimal', set: ['a.b=1', 'c=x=y'] })).toEqual([
    { path: 'profile', value: 'minimal', source: '--profile' },
    { path: 'a.b', value: '1', source: '--set a.b' },
    { path: 'c', value: 'x=y', source: '--set c' },
  ])
})

test.each(['port', '=5'])('--set %s is a usage problem that shows the form', (text) => {
  expect(() => settingsOfFlags({ set: [text] })).toThrow(UsageProblem)
})
