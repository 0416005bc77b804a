import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { commandTable } from '../../../apps/cli/src/command-table.ts'
import { exitsOf } from './command-exits.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const exitsOfPath = (path: string) => {
  const command = commandTable.find((each) => each.path.join(' ') === path)
  if (command === undefined) throw new Error(`there is no command ${path}`)
  return exitsOf(root, command)
}

test('what a command may end with is read out of the code that it reaches', () => {
  expect(exitsOfPath('render')).toEqual(expect.arrayContaining(['pending', 'reverted', 'stuck', 'locked']))
  // By the code of the finding that is made there.
  expect(exitsOfPath('doctor')).toContain('cannotWrite')
  expect(exitsOfPath('drift')).toContain('pending')
  // By what a package found, of which nothing is made there.
  expect(exitsOfPath('contracts graph')).toEqual(['problems', 'invalid'])
  expect(exitsOfPath('generations diff')).toContain('problems')
  expect(exitsOfPath('release')).toEqual(expect.arrayContaining(['gateWorkingTree', 'gateLedgers']))
  expect(exitsOfPath('release')).not.toContain('releaseRefused')
  expect(exitsOfPath('logs')).not.toContain('pending')
  expect(exitsOfPath('catalog schema')).toEqual([])
  expect(exitsOfPath('commands')).toEqual([])
})
