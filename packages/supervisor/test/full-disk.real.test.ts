import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { NewEvent } from '@sanctum/contracts'
import { readSupervisor, superviseEmbedded } from '@sanctum/supervisor/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { buildUnit } from './embedded-fixture.ts'

test('what cannot be written is told once and keeps no unit down, and with room again it is written', async () => {
  await using folder = await createTemporaryFolder('sanctum-full-')
  const home = folder.path
  const logs = { stdout: join(home, 'out.log'), stderr: join(home, 'err.log') }
  const definitions = join(home, 'generations/1/surfaces/embedded')
  await mkdir(definitions, { recursive: true })
  await symlink('generations/1', join(home, 'current'))
  await writeFile(join(definitions, 'app.json'), JSON.stringify(buildUnit('app', logs)))
  const state = join(home, 'state/embedded')
  await mkdir(join(state, 'wanted'), { recursive: true })
  const wanted = { schema_version: 1, service: 'app', up: true, restart_seq: 0, reload_seq: 0, boot_id: null }
  await writeFile(join(state, 'wanted/app.json'), JSON.stringify(wanted))
  // Stand for a full disk: no file takes the place of a folder, and none lies below a file.
  await mkdir(join(state, 'supervisor.json/x'), { recursive: true })
  await writeFile(join(state, 'live'), '')

  const events: NewEvent[] = []
  const supervised = await superviseEmbedded({
    home,
    environment: process.env,
    self: { service: 'watchdog' },
    lock: () => ({ kind: 'held', release: () => {} }),
    log: (event) => events.push(event),
    pollMs: 10,
  })
  if (supervised.kind === 'busy') throw new Error('nobody else is here')
  const { supervision } = supervised
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await pause(5)
  }
  const pidOf = () => supervision.states().find(({ service }) => service === 'app')?.pid ?? null
  try {
    await until(() => pidOf() !== null && supervision.cycle().completed >= 10)
    const told = (kind: string) => events.filter((event) => event.kind === kind).map(({ subject }) => subject)
    expect(told('record-unwritten').sort()).toEqual(['app', 'watchdog'])
    expect(told('cycle-failed')).toEqual([])
    await rm(join(state, 'supervisor.json'), { recursive: true })
    await rm(join(state, 'live'))
    const { completed } = supervision.cycle()
    await until(() => supervision.cycle().completed >= completed + 3)
    expect(readSupervisor(home)).toMatchObject({ kind: 'running', pid: process.pid })
  } finally {
    const pid = pidOf()
    await supervision.stop()
    if (pid !== null) process.kill(pid, 'SIGKILL')
  }
})
