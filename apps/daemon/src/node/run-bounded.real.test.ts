import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runBounded } from './run-bounded.ts'

const file = fileURLToPath(new URL('run-bounded.ts', import.meta.url))

/** In a process of its own, with every file descriptor taken that it may have. */
const starved = `
  import { closeSync, openSync } from 'node:fs'
  import { runBounded } from ${JSON.stringify(file)}
  const taken = []
  try { for (;;) taken.push(openSync('/dev/null')) } catch {}
  const end = await runBounded(['/bin/true'], { timeoutMs: 5000 })
  for (const one of taken) closeSync(one)
  console.log(JSON.stringify(end))`

const runStarved = () =>
  spawnSync('/bin/sh', ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', starved], {
    encoding: 'utf8',
  })

test('without a file descriptor left a command is told as one that could not be run, and whoever asked for it lives on', () => {
  const { status, stdout, stderr } = runStarved()
  expect([status, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toEqual({ ok: false, why: '/bin/true could not be run: spawn /bin/true EMFILE' })
})

test('a command that the system takes for too long is told the same way', async () => {
  const end = await runBounded(['/bin/true', 'x'.repeat(4_000_000)], { timeoutMs: 5000 })
  expect(end).toEqual({ ok: false, why: '/bin/true could not be run: spawn E2BIG' })
})

test('what it says last is told where it fails, and a command that ends well is said to', async () => {
  expect(await runBounded(['/bin/sh', '-c', 'echo first; echo last; exit 3'], { timeoutMs: 20_000 })).toEqual({
    ok: false,
    why: '/bin/sh ended with code 3: last',
  })
  expect((await runBounded(['/bin/cat'], { timeoutMs: 20_000, input: 'read' })).ok).toBe(true)
})
