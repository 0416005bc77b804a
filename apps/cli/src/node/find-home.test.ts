import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Refused } from '../command.ts'
import { findHome } from './find-home.ts'

const folder = mkdtempSync(join(tmpdir(), 'sanctum-find-home-'))
const file = join(folder, 'file')
writeFileSync(file, '')
symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the home of Sanctum lies in the home of the user, or where SANCTUM_HOME says; neither needs to exist', () => {
  expect(findHome({ HOME: join(folder, 'not/yet') })).toEqual({
    userHome: join(folder, 'not/yet'),
    home: join(folder, 'not/yet/.sanctum'),
  })
  expect(findHome({ HOME: folder, SANCTUM_HOME: join(folder, 'else') }).home).toBe(join(folder, 'else'))
  expect(findHome({}).home).toMatch(/^\/.*\/\.sanctum$/)
})

test.each([
  ['HOME is a file', { HOME: file }, file],
  ['HOME lies below a file', { HOME: join(file, 'a/b') }, file],
  ['HOME does not start at the root', { HOME: 'home/neo' }, 'does not start with /'],
  [
    'SANCTUM_HOME does not start at the root',
    { HOME: folder, SANCTUM_HOME: 'sanctum' },
    'SANCTUM_HOME is sanctum, which does not start with /',
  ],
  ['SANCTUM_HOME has a ~ that no shell expanded', { HOME: folder, SANCTUM_HOME: '~/sanctum' }, 'SANCTUM_HOME is ~/sanctum'],
  ['SANCTUM_HOME is a file', { HOME: folder, SANCTUM_HOME: file }, file],
  ['SANCTUM_HOME is a link to nowhere', { HOME: folder, SANCTUM_HOME: join(folder, 'dangling') }, 'dangling'],
])('refused: %s', (_, environment, word) => {
  expect(() => findHome(environment)).toThrow(Refused)
  expect(() => findHome(environment)).toThrow(word)
})
