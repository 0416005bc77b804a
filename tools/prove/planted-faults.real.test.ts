import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('planted-faults.ts', import.meta.url))

function prove(...words: string[]) {
  return spawnSync(process.execPath, ['--conditions=@sanctum/source', program, ...words], { encoding: 'utf8' })
}

test('every planted fault is found by its suite, and for the right reason', () => {
  const { status, stdout, stderr } = prove()
  expect([status, stderr]).toEqual([0, ''])
  const rows = stdout
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
  expect(rows.length).toBeGreaterThan(5)
  expect(rows.filter((row) => !/\| (caught|not applicable) \|$/.test(row))).toEqual([])
  console.info(stdout)
})

test('a word that no fault has in its name is an error', () => {
  expect(prove('no such plant')).toMatchObject({ status: 64, stdout: '' })
})
