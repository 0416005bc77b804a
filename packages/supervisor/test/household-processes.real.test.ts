import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { afterEach, expect, test } from 'vitest'
import { endProcess } from '../src/node/end-process.ts'
import { observePrograms } from '../src/node/observe-programs.ts'
import { createProcessTable } from '../src/node/process-table.ts'

// What happened in the household that this is built for, once more with real processes. tools/prove/incident-wall has the list.

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

async function start(program: string): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(program, ['1000'], { stdio: 'ignore' })
  started.push(child)
  await once(child, 'spawn')
  return child as ChildProcess & { readonly pid: number }
}

async function withSleeper(story: (program: string) => Promise<void>): Promise<void> {
  await using folder = await createTemporaryFolder()
  const program = join(folder.path, 'sleeper')
  copyFileSync(realpathSync('/bin/sleep'), program)
  await story(program)
}

// ps on a Mac names no inode, so there only a program that is younger than its process is seen.
const testOnLinux = test.runIf(process.platform === 'linux')
const replacedOf = (pid: number) => observePrograms([pid])[0]?.replaced ?? null

testOnLinux('a process whose program was removed from the disk is seen', () =>
  withSleeper(async (program) => {
    const { pid } = await start(program)
    expect(replacedOf(pid)).toBeNull()
    rmSync(program)
    expect(replacedOf(pid)).toMatchObject({ file: program })
  }),
)

testOnLinux('a program that was built anew while the old one goes on running is seen', () =>
  withSleeper(async (program) => {
    const { pid } = await start(program)
    copyFileSync(realpathSync('/bin/sleep'), `${program}.new`)
    renameSync(`${program}.new`, program)
    expect(replacedOf(pid)).toMatchObject({ file: program })
  }),
)

test('the end of one process is never that of another, whatever its name and though it has its pid by now', async () => {
  const bystander = await start('/bin/sleep')
  await endProcess({ pid: bystander.pid, start_time: 'of one that had this pid before' }, createProcessTable())
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([bystander.exitCode, bystander.signalCode]).toEqual([null, null])
})
