import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResolvedProbe, UnitState } from '@sanctum/contracts'
import type { ProbeContext } from '@sanctum/probes'
import { observe } from '@sanctum/probes/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createStub, findClosedPort } from './stubs.ts'

const nothing: ProbeContext = { provides: [], process: null, lastRun: null }
const pace = { timeout_ms: 2000, interval_s: 1, open_after: 3, close_after: 2 }
const started: ChildProcess[] = []
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sanctum-probe-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** What was seen, in one word. */
async function look(probe: ResolvedProbe, context: ProbeContext = nothing): Promise<string> {
  const seen = await observe(probe, context)
  return seen.kind === 'failed' ? seen.cause : seen.kind
}

async function startServer(): Promise<{ readonly child: ChildProcess; readonly pid: number; readonly port: number }> {
  const program =
    "require('http').createServer((q, s) => s.end('ok')).listen(0, '127.0.0.1', function () { console.log(this.address().port) })"
  const child = spawn(process.execPath, ['-e', program, 'a-name-for-the-probe'], { stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(child)
  const port = await new Promise<number>((resolve) => child.stdout?.once('data', (chunk) => resolve(Number(chunk))))
  return { child, pid: child.pid as number, port }
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error('it never became true')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const endOf = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve))

describe('tcp', () => {
  test('open and closed', async () => {
    await using stub = await createStub(() => {})
    expect(await look({ type: 'tcp', port: stub.port, ...pace })).toBe('passed')
    expect(await look({ type: 'tcp', port: await findClosedPort(), ...pace })).toBe('transport')
  })
})

describe('a server that was stopped by a signal', () => {
  test('still takes connections; HTTP and process see through it, and it recovers', async () => {
    const { pid, port } = await startServer()
    const http: ResolvedProbe = { type: 'http', port, ...pace, timeout_ms: 500 }
    const known = { ...nothing, process: { pid, startedAtMs: null } }
    expect(await look(http)).toBe('passed')
    process.kill(pid, 'SIGSTOP')
    // The planted fault: a probe that is content with a connection calls it healthy.
    expect(await look({ type: 'tcp', port, ...pace })).toBe('passed')
    expect(await look(http)).toBe('timeout')
    await until(async () => (await look({ type: 'process', ...pace }, known)) === 'not-running')
    process.kill(pid, 'SIGCONT')
    await until(async () => (await look(http)) === 'passed')
    expect(await look({ type: 'process', ...pace }, known)).toBe('passed')
  })
})

describe('process', () => {
  test('alive, another since, ended', async () => {
    const { child, pid } = await startServer()
    expect(await look({ type: 'process', ...pace }, { ...nothing, process: { pid, startedAtMs: Date.now() } })).toBe('passed')
    expect(await look({ type: 'process', ...pace }, { ...nothing, process: { pid, startedAtMs: Date.now() - 600_000 } })).toBe(
      'wrong-owner',
    )
    const end = endOf(child)
    child.kill('SIGKILL')
    await end
    expect(await look({ type: 'process', ...pace }, { ...nothing, process: { pid, startedAtMs: null } })).toBe('not-running')
  })

  test('by its command line', async () => {
    const { pid } = await startServer()
    const known = { ...nothing, process: { pid, startedAtMs: null } }
    expect(await look({ type: 'process', pattern: 'a-name-for-the-probe', ...pace })).toBe('passed')
    expect(await look({ type: 'process', pattern: 'a-name-for-the-probe', ...pace }, known)).toBe('passed')
    expect(await look({ type: 'process', pattern: 'another-name', ...pace }, known)).toBe('wrong-owner')
    expect(await look({ type: 'process', pattern: `no-such-process-${process.pid}-x`, ...pace })).toBe('not-running')
  })

  test.runIf(process.platform === 'linux')('a zombie is not alive', async () => {
    // The shell becomes a sleep that never collects its child, which ends only once that has happened.
    const program = '(until grep -q sleep /proc/$$/comm; do :; done) & echo $!; exec sleep 60'
    const child = spawn('/bin/sh', ['-c', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    started.push(child)
    const pid = await new Promise<number>((resolve) => child.stdout?.once('data', (chunk) => resolve(Number(chunk))))
    await until(async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z '))
    expect(await look({ type: 'process', ...pace }, { ...nothing, process: { pid, startedAtMs: null } })).toBe('not-running')
  })
})

describe('command', () => {
  const node = (program: string) => [process.execPath, '-e', program]

  test.each<readonly [string, Partial<Extract<ResolvedProbe, { type: 'command' }>>, string]>([
    ['ends well', { command: node('') }, 'passed'],
    ['ends badly', { command: node('process.exit(3)') }, 'wrong-answer'],
    ['ends as it may', { command: node('process.exit(3)'), exit: [0, 3] }, 'passed'],
    ['says what it should', { command: node("console.log('Running')"), contains: 'Running' }, 'passed'],
    ['says something else', { command: node("console.log('Stopped')"), contains: 'Running' }, 'wrong-answer'],
    ['is ended by a signal', { command: node("process.kill(process.pid, 'SIGKILL')") }, 'wrong-answer'],
    ['is not there', { command: ['/nowhere/program'] }, 'could-not-check'],
    ['writes without end', { command: node("setInterval(() => process.stdout.write('x'.repeat(65536)))"), timeout_ms: 700 }, 'timeout'],
    [
      'takes $HOME as it is',
      { command: node('process.exit(process.argv[1] === "$HOME; exit 1" ? 0 : 1)').concat('$HOME; exit 1') },
      'passed',
    ],
  ])('one that %s', async (_, overrides, expected) => {
    expect(await look({ type: 'command', ...pace, timeout_ms: 10_000, command: [], ...overrides })).toBe(expected)
  })

  test('the deadline ends its children too', async () => {
    const note = join(folder, 'pids')
    const command = ['/bin/sh', '-c', `sleep 60 & echo $! > ${note}; trap '' TERM; sleep 60`]
    expect(await look({ type: 'command', command, ...pace, timeout_ms: 800 })).toBe('timeout')
    const child = Number(await readFile(note, 'utf8'))
    await until(async () => !(await isAlive(child)))
  })

  test('a child that keeps the output open is not waited for', async () => {
    const command = ['/bin/sh', '-c', 'sleep 60 & echo done']
    const seen = await observe({ type: 'command', command, contains: 'done', ...pace, timeout_ms: 10_000 }, nothing)
    expect(seen.kind, seen.detail).toBe('passed')
    expect(seen.tookMs).toBeLessThan(5000)
  })
})

async function isAlive(pid: number): Promise<boolean> {
  return (await look({ type: 'process', ...pace }, { ...nothing, process: { pid, startedAtMs: null } })) === 'passed'
}

describe('file', () => {
  test('fresh, old, missing', async () => {
    const path = join(folder, 'heartbeat')
    const probe: ResolvedProbe = { type: 'file', path, max_age_s: 30, ...pace }
    expect(await look(probe)).toBe('stale')
    await writeFile(path, '')
    expect(await look(probe)).toBe('passed')
    await utimes(path, new Date(), new Date(Date.now() - 31_000))
    expect(await look(probe)).toBe('stale')
    expect(await look({ ...probe, path: join(path, 'below-a-file') })).toBe('stale')
  })
})

describe('interface', () => {
  test('there with its address, there with another, not there', async () => {
    const [name, addresses] = Object.entries(networkInterfaces())[0] as [string, { address: string }[]]
    expect(await look({ type: 'interface', interface: name, ...pace })).toBe('passed')
    expect(await look({ type: 'interface', interface: name, address: addresses[0]?.address, ...pace })).toBe('passed')
    expect(await look({ type: 'interface', interface: name, address: '203.0.113.7', ...pace })).toBe('wrong-answer')
    expect(await look({ type: 'interface', interface: 'bridge999', ...pace })).toBe('not-running')
  })
})

describe('job', () => {
  const probe: ResolvedProbe = { type: 'job', max_age_s: 60, ...pace }
  test.each([
    ['ended well', { endedAtMs: 0, code: 0, signal: null }, 'passed'],
    ['ended badly', { endedAtMs: 0, code: 2, signal: null }, 'wrong-answer'],
    ['was ended', { endedAtMs: 0, code: null, signal: 'SIGKILL' }, 'wrong-answer'],
    ['ended well too long ago', { endedAtMs: -61_000, code: 0, signal: null }, 'stale'],
  ])('one that %s', async (_, lastRun, expected) => {
    expect(await look(probe, { ...nothing, lastRun: { ...lastRun, endedAtMs: Date.now() + lastRun.endedAtMs } })).toBe(expected)
  })

  test('one whose end nobody knows', async () => {
    expect(await look(probe)).toBe('could-not-check')
  })
})

test('the file of a unit is held against what was loaded: as it is, edited, and gone', async () => {
  const file = join(folder, 'app.plist')
  await writeFile(file, '<plist/>')
  const unitDigest = createHash('sha256').update('<plist/>').digest('hex')
  const rest = { wanted: true, activity: 'running', pid: 1, startedAtMs: null, restarts: 0, lastExit: null, dropIns: [] } as const
  const unit: UnitState = {
    ...{ service: 'app', unit: 'app', manager: 'launchd', loaded: true, ...rest, dropIns: [], why: 'it runs' },
    ...{ definitionDigest: null, definitionFile: file, needsReload: false },
  }
  const drift = async () => {
    const seen = await observe({ type: 'unit', ...pace } as ResolvedProbe, { ...nothing, unit, unitDigest })
    return [seen.kind, 'drift' in seen ? seen.drift : null]
  }
  expect(await drift()).toEqual(['passed', null])
  await writeFile(file, '<plist>edited</plist>')
  expect(await drift()).toEqual(['passed', expect.stringContaining('is not what')])
  await rm(file)
  expect(await drift()).toEqual(['passed', expect.stringContaining('is gone')])
})

test('an edit of what the embedded supervisor reads is seen, though the digest that stands in it is left as it was', async () => {
  const file = join(folder, 'app.json')
  const body = { schema_version: 1, command: ['/bin/app'] }
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex')
  const rest = { wanted: true, activity: 'running', pid: 1, startedAtMs: null, restarts: 0, lastExit: null } as const
  const unit: UnitState = {
    ...{ service: 'app', unit: 'app', manager: 'embedded', loaded: true, ...rest, dropIns: [], why: 'it runs' },
    ...{ definitionDigest: digest, definitionFile: file, needsReload: false },
  }
  const driftOf = async (text: string) => {
    await writeFile(file, text)
    const seen = await observe({ type: 'unit', ...pace } as ResolvedProbe, { ...nothing, unit })
    return [seen.kind, 'drift' in seen ? seen.drift : null]
  }
  const written = { schema_version: 1, source: 'x', digest, command: ['/bin/app'] }
  expect(await driftOf(JSON.stringify(written, null, 2))).toEqual(['passed', null])
  expect(await driftOf(JSON.stringify({ ...written, command: ['/bin/other'] }))).toEqual(['passed', expect.stringContaining('is not what')])
  expect(await driftOf('{ "digest": ')).toEqual(['passed', expect.stringContaining('is not what')])
})
