import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createProcessTable } from '@sanctum/supervisor/node'
import { expect, test } from 'vitest'
import { makeScratch, runProgram } from './release-checkout.ts'

const options = { cwd: tmpdir(), environment: process.env, patienceMs: 60_000, signal: new AbortController().signal }

test.each([
  ['will not listen', "trap '' TERM; while :; do sleep 1; done"],
  ['says that it went well', "trap 'exit 0' TERM; while :; do sleep 0.05; done"],
  ['leaves somebody with its output', "(trap '' TERM; while :; do sleep 1; done) & trap 'exit 0' TERM; wait"],
])('planted: a program that %s when its time is up has not ended by itself', async (_what, script) => {
  expect(await runProgram(['sh', '-c', script], { ...options, patienceMs: 100, graceMs: 200 })).toMatchObject({ code: null })
})

test('a program that leaves somebody with its output has ended when it has', async () => {
  const ended = await runProgram(['sh', '-c', 'echo here; sleep 60 & echo $! >&2; exit 3'], options)
  process.kill(Number(ended.stderr), 'SIGKILL')
  expect(ended).toMatchObject({ code: 3, stdout: 'here\n' })
})

test('what a run left that was killed is taken away by the next one, and nothing of one that lives', async () => {
  const beside = mkdtempSync(join(tmpdir(), 'scratch-of-releases-'))
  const dead = 2 ** 22 + 1
  for (const name of [`sanctum-release-pack-${dead}-a`, `sanctum-release-pack-${process.ppid}-b`, 'sanctum-release-notes'])
    mkdirSync(join(beside, name, 'tree'), { recursive: true })
  const made = await makeScratch('pack', createProcessTable(), beside)
  expect(readdirSync(beside).sort()).toEqual([basename(made), `sanctum-release-pack-${process.ppid}-b`, 'sanctum-release-notes'].sort())
  rmSync(beside, { recursive: true })
})
