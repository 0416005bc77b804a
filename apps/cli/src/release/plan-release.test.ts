import { expect, test } from 'vitest'
import { parseChangeset } from './plan-release.ts'

test('a changeset names its packages and says what changed; what bumps nothing is none', () => {
  expect(parseChangeset('---\n\'@sanctum/cli\': minor\n"@sanctum/contracts": patch\n---\n\nDoors open.\n\nBy themselves.\n')).toEqual({
    packages: ['@sanctum/cli', '@sanctum/contracts'],
    bump: 'minor',
    summary: 'Doors open.\n\nBy themselves.',
  })
  for (const text of ['', '# Changesets\n', '---\n---\n\nNothing.\n']) expect(parseChangeset(text)).toBeNull()
})
