import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hostFacts } from '@sanctum/contracts'
import { parseFacts } from '@sanctum/host-resolver'
import { gatherFacts } from '@sanctum/host-resolver/node'
import type { TemporaryFolder } from '@sanctum/testkit/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProgramHome, program } from './program-home.ts'

let home: TemporaryFolder
let bin: string

beforeEach(async () => {
  ;({ home, bin } = await createProgramHome())
})
afterEach(() => home.remove())

async function plant(name: string, script: string): Promise<string> {
  const path = join(bin, name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

const gather = (more: Partial<Parameters<typeof gatherFacts>[0]> = {}) =>
  gatherFacts({ env: { HOME: home.path, PATH: `${bin}:${process.env['PATH']}` }, program, ...more })

describe('gatherFacts', () => {
  it('describes this machine, in a form that can be saved and read again', async () => {
    const facts = await gather()
    expect(hostFacts.parse(facts)).toEqual(facts)
    expect(parseFacts(JSON.stringify({ data: { facts } }), 'x')).toEqual({ kind: 'read', facts, findings: [] })
    expect(facts).toMatchObject({ user: { home: home.path }, node_id: null, paths: { sanctum_home: join(home.path, '.sanctum') }, program })
    expect(facts.memory_mb).toBeGreaterThan(100)
    expect(facts.tools['node']).toEqual({ path: process.execPath, version: process.versions.node })
  })

  it('reads the name that this machine was given, and another home', async () => {
    const sanctum = join(home.path, 'elsewhere')
    await mkdir(sanctum)
    await writeFile(join(sanctum, '.node_id'), 'cabin\n')
    const facts = await gather({ env: { HOME: home.path, SANCTUM_HOME: sanctum, PATH: bin } })
    expect([facts.node_id, facts.paths.sanctum_home]).toEqual(['cabin', sanctum])
  })

  it('finds tools on PATH with their versions, and those asked for by name', async () => {
    const docker = await plant('docker', 'echo Docker version 28.5.2, build abc')
    const own = await plant('own-tool', 'exit 1')
    await plant('restic', 'echo "restic 0.18.1 compiled with go1.24"')
    await writeFile(join(bin, 'rclone'), 'not a program')
    await symlink(join(bin, 'nowhere'), join(bin, 'age'))
    const { tools, container_runtime } = await gather({
      env: { HOME: home.path, PATH: bin },
      deadlineMs: 20_000,
      tools: ['own-tool', 'not-there'],
    })
    expect(tools).toMatchObject({
      docker: { path: docker, version: '28.5.2' },
      restic: { version: '0.18.1' },
      'own-tool': { path: own, version: null },
      'not-there': null,
    })
    expect(container_runtime).toEqual({ kind: process.platform === 'darwin' ? 'orbstack' : 'docker', version: '28.5.2' })
  })

  it('starts no program for its version where nobody asks, and the rest is the same', async () => {
    const started = join(home.path, 'started')
    const docker = await plant('docker', `echo >> ${started}; echo Docker version 28.5.2`)
    const env = { HOME: home.path, PATH: bin }
    const [quick, full] = [await gather({ env, versions: false }), await gather({ env, deadlineMs: 20_000 })]
    expect(await readFile(started, 'utf8')).toBe('\n')
    const silent = Object.entries(full.tools).map(([name, tool]) => [name, tool && name !== 'node' ? { ...tool, version: null } : tool])
    expect(quick.tools).toEqual(Object.fromEntries(silent))
    expect(full.tools['docker']).toEqual({ path: docker, version: '28.5.2' })
    expect(quick).toEqual({ ...full, tools: quick.tools, container_runtime: { kind: full.container_runtime?.kind, version: null } })
  })

  it('notes a tool that hangs, does not wait for it, and ends it with all that it started', async () => {
    const group = join(home.path, 'group')
    await plant('docker', `echo $$ > ${group}; sleep 30 & sleep 30`)
    const before = performance.now()
    const facts = await gather({ deadlineMs: 700 })
    const took = performance.now() - before
    expect(facts.unread).toContainEqual({ what: 'version of docker', why: `${join(bin, 'docker')} did not answer in time` })
    expect(facts.tools['docker']).toEqual({ path: join(bin, 'docker'), version: null })
    expect(facts.container_runtime).toMatchObject({ version: null })
    // Twice the deadline: a machine under load may be late, a tool that is waited for is much later.
    expect(took).toBeLessThan(1400)
    await expect.poll(async () => isAlive(Number(await readFile(group, 'utf8'))), { timeout: 10_000 }).toBe(false)
  })

  it('notes a tool that cannot be started, and one that writes without end', async () => {
    await writeFile(join(bin, 'git'), '#!/no/such/interpreter\n')
    await chmod(join(bin, 'git'), 0o755)
    await plant('restic', 'while :; do echo no version no version; done')
    const { unread, tools } = await gather({ deadlineMs: 600 })
    expect(unread.map(({ what }) => what)).toEqual(expect.arrayContaining(['version of git', 'version of restic']))
    expect(tools['restic']).toMatchObject({ version: null })
  })

  it('outlives a program that it has no file descriptor left to start', () => {
    const file = fileURLToPath(new URL('../src/node/run-briefly.ts', import.meta.url))
    const starved = `
      import { openSync } from 'node:fs'
      import { runBriefly } from ${JSON.stringify(file)}
      await runBriefly('/bin/true', [], { deadlineMs: 5000, env: {} })
      try { for (;;) openSync('/dev/null') } catch {}
      const run = await runBriefly('/bin/true', [], { deadlineMs: 5000, env: {} })
      process.exit(run.why === 'EMFILE' ? 7 : 8)`
    const words = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', starved]
    expect(spawnSync('/bin/sh', words, { encoding: 'utf8' })).toMatchObject({ status: 7, stderr: '' })
  })

  it('never throws, whatever is missing', async () => {
    await writeFile(join(home.path, '.sanctum'), 'a file where a folder belongs')
    const facts = await gather({ env: { HOME: home.path }, program: { node: '/not/there', sanctumctl: '', sanctumd: '' } })
    expect(facts.unread.map(({ what }) => what)).toEqual(expect.arrayContaining(['node_id', 'version of node']))
    expect(facts.tools['node']).toEqual({ path: '/not/there', version: null })
  })
})

/** True while any process of the group is there. */
function isAlive(group: number): boolean {
  try {
    return process.kill(-group, 0)
  } catch {
    return false
  }
}
