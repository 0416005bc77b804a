import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const started: ChildProcess[] = []
const program = (url: URL) => ['--expose-gc', '--conditions=@sanctum/source', fileURLToPath(url)]
const server = program(new URL('answer-probes.ts', import.meta.url))
const watchdog = program(new URL('hold-schedule.ts', import.meta.url))

afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
})

// At full size, 1,000 probes every 10 s, the bench measures it.
test('200 real probes a second hold their schedule and need no more memory with time', async () => {
  const answering = spawn(process.execPath, server, { stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(answering)
  const [port] = await once(answering.stdout, 'data')
  const { stdout } = await promisify(execFile)(process.execPath, [...watchdog, String(port).trim(), '200', '1', '4'])
  const held = JSON.parse(stdout) as Record<string, number>
  expect(held, stdout).toMatchObject({ other: 0 })
  expect(held.fewest, stdout).toBeGreaterThanOrEqual(3)
  expect(held.most, stdout).toBeLessThanOrEqual(5)
  expect(held.grown_mb, stdout).toBeLessThan(100)
})
