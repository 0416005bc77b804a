import { appendFile, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProbeContext, ProbeOf } from '@sanctum/probes'
import { createMyselfObserver, observe } from '@sanctum/probes/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStub, findClosedPort, toAnswer } from './stubs.ts'

const nothing: ProbeContext = { provides: [], process: null, lastRun: null }
const pace = { timeout_ms: 300, interval_s: 1, open_after: 3, close_after: 2 }
let folder = ''
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sanctum-work-'))
  await writeFile(at('busy.log'), `${new Date().toISOString()} served a long answer\n`)
  await writeFile(at('idle.log'), `${new Date(Date.now() - 600_000).toISOString()} served a long answer\n`)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const silent = (): void => {}
const work = (file: string) => ({ from: 'log', file: at(file), pattern: 'served', max_age_s: 60 }) as const

describe('busy is not sick', () => {
  const probe = (port: number, busy?: ProbeOf<'http'>['busy']): ProbeOf<'http'> => ({ type: 'http', port, ...pace, busy })

  test('silent at work, silent for long, silent without a source', async () => {
    await using stub = await createStub(silent)
    expect(await observe(probe(stub.port, work('busy.log')), nothing)).toMatchObject({ kind: 'passed', busy: true })
    expect(await observe(probe(stub.port, work('idle.log')), nothing)).toMatchObject({ kind: 'failed', cause: 'timeout' })
    expect(await observe(probe(stub.port, work('nowhere.log')), nothing)).toMatchObject({ kind: 'failed', cause: 'timeout' })
    // The planted fault: without the source the same service is killed in the middle of its work.
    expect(await observe(probe(stub.port), nothing)).toMatchObject({ kind: 'failed', cause: 'timeout' })
  })

  test('who refuses a connection is gone, whatever its log says', async () => {
    expect(await observe(probe(await findClosedPort(), work('busy.log')), nothing)).toMatchObject({ kind: 'failed', cause: 'transport' })
  })

  test('by a document and by metrics of another port', async () => {
    await using stub = await createStub(silent)
    await using document = await createStub((socket) => socket.once('data', () => socket.end(toAnswer(200, '{"last_success_s":4}'))))
    await using metrics = await createStub((socket) => socket.once('data', () => socket.end(toAnswer(200, 'in_flight 1\n'))))
    expect(
      await observe(probe(stub.port, { from: 'json', port: document.port, value: '/last_success_s', max_age_s: 60 }), nothing),
    ).toMatchObject({ kind: 'passed', busy: true })
    // That something is under way is no success: it may hang in it. So nothing is known, and nothing is done.
    expect(
      await observe(
        probe(stub.port, { from: 'metrics', port: metrics.port, metric: 'in_flight', reading: 'running', max_age_s: 60 }),
        nothing,
      ),
    ).toMatchObject({ kind: 'could-not-check', busy: true })
  })
})

describe('chat', () => {
  const probe = (port: number, overrides: Partial<ProbeOf<'chat'>> = {}): ProbeOf<'chat'> => ({
    type: 'chat',
    port,
    model: 'council',
    ...pace,
    timeout_ms: 2000,
    ...overrides,
  })
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n'
  const delta = (part: object) => `data: ${JSON.stringify({ choices: [{ delta: part }] })}\n\n`
  const streaming = (text: string) => (socket: Socket) => void socket.once('data', () => socket.write(head + text))

  test('hangs up at the first token', async () => {
    const closed = Promise.withResolvers<void>()
    let question = ''
    await using stub = await createStub((socket) => {
      socket.once('data', (chunk) => {
        question = String(chunk)
        socket.write(head + delta({ role: 'assistant', content: '' }) + delta({ reasoning_content: 'Hm' }))
      })
      socket.once('close', () => closed.resolve())
    })
    expect(await observe(probe(stub.port), nothing)).toMatchObject({ kind: 'passed', detail: 'a token of its reasoning came' })
    await closed.promise
    expect(question).toMatch(/^POST \/v1\/chat\/completions /)
    expect(question).toContain('"stream":true')
  })

  test.each<readonly [string, (socket: Socket) => void, string]>([
    ['says nothing', (socket) => socket.once('data', () => socket.end(`${head}${delta({ content: '' })}data: [DONE]\n\n`)), 'wrong-answer'],
    ['never gets to a token', streaming(': ping\n\n'), 'timeout'],
    ['does not let the probe in', (socket) => socket.once('data', () => socket.end(toAnswer(401, 'x'))), 'authentication'],
    ['has no such model', (socket) => socket.once('data', () => socket.end(toAnswer(404, 'x'))), 'wrong-answer'],
    ['hangs up', (socket) => socket.once('data', () => socket.destroy()), 'transport'],
  ])('one that %s', async (_, behaviour, expected) => {
    await using stub = await createStub(behaviour)
    const seen = await observe(probe(stub.port, { timeout_ms: 400 }), nothing)
    expect(seen.kind === 'failed' ? seen.cause : seen.kind, seen.detail).toBe(expected)
  })

  test('a model at work is not asked', async () => {
    let questions = 0
    await using stub = await createStub(() => questions++)
    expect(await observe(probe(stub.port, { busy: work('busy.log') }), nothing)).toMatchObject({ kind: 'passed', busy: true })
    expect(questions).toBe(0)
    await observe(probe(stub.port, { busy: work('idle.log'), timeout_ms: 200 }), nothing)
    expect(questions).toBe(1)
  })
})

describe('what lies on this machine', () => {
  test('disk and memory', async () => {
    expect(await observe({ type: 'disk', path: folder, max_used_percent: 100, ...pace }, nothing)).toMatchObject({ kind: 'passed' })
    expect(await observe({ type: 'disk', path: at('nowhere'), max_used_percent: 100, ...pace }, nothing)).toMatchObject({
      kind: 'could-not-check',
    })
    expect(await observe({ type: 'memory', min_free_percent: 0, ...pace, timeout_ms: 5000 }, nothing)).toMatchObject({ kind: 'passed' })
    expect(await observe({ type: 'memory', min_free_percent: 100, ...pace, timeout_ms: 5000 }, nothing)).toMatchObject({
      kind: 'failed',
      cause: 'exhausted',
    })
  })

  test('a log', async () => {
    const path = at('service.log')
    const probe: ProbeOf<'log'> = { type: 'log', path, absent: 'panic', ...pace }
    expect((await observe(probe, nothing)).kind).toBe('passed')
    expect((await observe({ ...probe, present: 'ready' }, nothing)).kind).toBe('failed')
    await writeFile(path, `panic, long before\n${'x'.repeat(70_000)}\nready\n`)
    expect((await observe({ ...probe, present: 'ready' }, nothing)).kind).toBe('passed')
    await appendFile(path, 'panic\n')
    expect((await observe(probe, nothing)).kind).toBe('failed')
  })

  test('a heartbeat', async () => {
    const path = at('beat.json')
    const probe: ProbeOf<'heartbeat'> = { type: 'heartbeat', path, max_age_s: 60, sequence: '/n', ...pace }
    expect(await observe(probe, nothing)).toMatchObject({ kind: 'failed', cause: 'stale' })
    await writeFile(path, '{"n":1}')
    expect((await observe(probe, nothing)).kind).toBe('passed')
    await utimes(path, new Date(), new Date(Date.now() - 61_000))
    expect(await observe(probe, nothing)).toMatchObject({ kind: 'failed', cause: 'stale' })
  })

  test('whoever owns a port, down to a child of a child', async () => {
    const listener = (pid: number) => ({ protocol: 'tcp' as const, port: 9, pid, process_group: null, program: 'x' })
    const ports = (pid: number) => ({ listListeners: async () => [listener(pid)], checkSqlite: async () => ({ kind: 'sound' as const }) })
    const own = { ...nothing, process: { pid: process.ppid, startedAtMs: null } }
    const probe: ProbeOf<'port-owner'> = { type: 'port-owner', port: 9, ...pace, timeout_ms: 5000 }
    expect(await observe(probe, own, { ports: ports(process.pid) })).toMatchObject({ kind: 'passed' })
    expect(
      await observe(probe, { ...own, process: { pid: process.pid, startedAtMs: null } }, { ports: ports(process.ppid) }),
    ).toMatchObject({
      kind: 'failed',
      cause: 'wrong-owner',
    })
    expect(await observe(probe, own)).toMatchObject({ kind: 'could-not-check' })
  })

  test('a process whose program was replaced drifts', async () => {
    const replaced = { file: '/opt/x', how: 'that file was removed or replaced' }
    const program = { pid: process.pid, startedAtMs: null, files: ['/opt/x'], replaced }
    const context = { ...nothing, process: { pid: process.pid, startedAtMs: null }, program }
    expect(await observe({ type: 'process', ...pace, timeout_ms: 5000 }, context)).toMatchObject({
      kind: 'passed',
      drift: expect.stringContaining('/opt/x'),
    })
  })
})

test('this process knows when it was held up, and that it reaches itself', async () => {
  const myself = createMyselfObserver()
  const until = performance.now() + 700
  while (performance.now() < until);
  expect(myself.loopDelayMs()).toBeGreaterThan(400)
  expect((await myself.lookAtNetwork()).loopback).toBe(true)
  myself.close()
})
