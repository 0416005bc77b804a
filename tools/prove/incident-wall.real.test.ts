import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { incidents } from './incident-wall/incidents.ts'

const program = fileURLToPath(new URL('incident-wall.ts', import.meta.url))
const planted = fileURLToPath(new URL('incident-wall/planted-incidents.ts', import.meta.url))

function prove(...words: string[]) {
  return spawnSync(process.execPath, ['--conditions=@sanctum/source', program, ...words], { encoding: 'utf8' })
}

const rowsOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.slice(2, -2).split(' | '))

test('every incident of the reference haus has its row, in order, and at least 49 are reproduced', () => {
  expect(incidents.map(({ number }) => number)).toEqual(Array.from({ length: 53 }, (_, index) => index + 1))
  expect(incidents.filter(({ outcome }) => outcome.kind === 'reproduced').length).toBeGreaterThanOrEqual(49)
})

test('no test of the wall stays green without its guard', () => {
  const { status, stdout, stderr } = prove()
  expect(rowsOf(stdout).filter((row) => !['red', '-'].includes(row.at(-1) ?? ''))).toEqual([])
  expect([status, stderr]).toEqual([0, ''])
  console.info(stdout.split('\n').slice(-3).join('\n'))
})

test('planted: rows that prove nothing are told, each for its reason, and fail the run', () => {
  const { status, stdout } = prove('--table', planted)
  expect(rowsOf(stdout).map(([title = '', ...rest]) => [title, rest.at(-1)])).toEqual(
    rowsOf(stdout).map(([title = '']) => [title, /^\d+ (\w+)/.exec(title)?.[1]]),
  )
  expect([status, rowsOf(stdout).length]).toEqual([1, 8])
})

test('a number that no incident has is an error', () => {
  expect(prove('99')).toMatchObject({ status: 64, stdout: '' })
})
