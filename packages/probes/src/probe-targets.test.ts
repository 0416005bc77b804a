import { probe as probeSchema } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import type { ProbeContext } from './probe-kind.ts'
import { probeKinds } from './probe-kinds.ts'
import { probeTargets } from './probe-targets.ts'

const nothing: ProbeContext = { provides: [], process: null, lastRun: null }
const web: ProbeContext = { ...nothing, provides: [{ port: 8080, protocol: 'tcp', address: '0.0.0.0', security: 'plain' }] }
const guarded: ProbeContext = { ...nothing, provides: [{ port: 1337, protocol: 'tcp', address: '::', security: 'mtls' }] }

type Probe = Parameters<typeof probeTargets>[0]['liveness']

describe('probeTargets', () => {
  test.each<readonly [Probe, ProbeContext, string]>([
    [{ type: 'http' }, web, 'GET http://127.0.0.1:8080/'],
    [{ type: 'http', path: '/health' }, guarded, 'GET https://[::1]:1337/health'],
    [{ type: 'http', port: 9000, path: '/x' }, web, 'GET http://127.0.0.1:9000/x'],
    [{ type: 'http', path: '/x', tls: {} }, web, 'GET https://127.0.0.1:8080/x'],
    [{ type: 'http', url: 'http://user:word@10.10.10.10:81/a', path: '/b', method: 'HEAD' }, nothing, 'HEAD http://10.10.10.10:81/b'],
    [{ type: 'http', url: 'http://10.10.10.10/a', port: 82 }, nothing, 'GET http://10.10.10.10:82/a'],
    [{ type: 'tcp' }, guarded, 'connect to [::1]:1337'],
    [{ type: 'tcp', host: '192.168.1.1', port: 53 }, nothing, 'connect to 192.168.1.1:53'],
    [{ type: 'process', pattern: 'cloudflared' }, nothing, 'a process like "cloudflared"'],
    [{ type: 'process' }, { ...nothing, process: { pid: 42, startedAtMs: 0 } }, 'process 42'],
    [{ type: 'command', command: ['/bin/true', 'x'] }, nothing, 'run /bin/true'],
    [{ type: 'interface', interface: 'bridge100', address: '10.10.10.1' }, nothing, '10.10.10.1 on bridge100'],
    [{ type: 'file', path: '/tmp/beat', max_age_s: 60 }, nothing, 'age of /tmp/beat'],
    [{ type: 'job', max_age_s: 60 }, { ...nothing, lastRun: { endedAtMs: 0, code: 0, signal: null } }, 'its last end'],
    [{ type: 'port-owner' }, { ...web, process: { pid: 42, startedAtMs: null } }, 'whether process 42 listens on 8080'],
    [{ type: 'port-owner', program: 'ollama' }, web, 'whether ollama listens on 8080'],
    [{ type: 'disk', path: '/data', max_used_percent: 85 }, nothing, 'room at /data'],
    [{ type: 'memory', min_free_percent: 20 }, nothing, 'memory and swap'],
    [{ type: 'heartbeat', path: '/tmp/beat', max_age_s: 60 }, nothing, 'heartbeat in /tmp/beat'],
    [{ type: 'chat', model: 'small' }, guarded, 'a token from https://[::1]:1337/v1/chat/completions'],
    [{ type: 'sqlite', path: '/data/x.db' }, nothing, 'quick_check of /data/x.db'],
    [{ type: 'log', path: '/var/log/x', absent: 'panic' }, nothing, 'the end of /var/log/x'],
  ])('%j asks for %s', (liveness, context, question) => {
    expect(probeTargets({ liveness }, context)).toMatchObject([{ purpose: 'liveness', question, askable: true }])
  })

  test.each<readonly [Probe, ProbeContext, object]>([
    [{ type: 'file', path: '/beat', max_age_s: 60 }, nothing, { path: '/beat', maxAgeMs: 60_000 }],
    [{ type: 'heartbeat', path: '/beat', max_age_s: 60 }, nothing, { path: '/beat', maxAgeMs: 60_000, sequence: null }],
    [{ type: 'heartbeat', path: '/beat', max_age_s: 60, sequence: '/n' }, nothing, { path: '/beat', maxAgeMs: 60_000, sequence: '/n' }],
    [{ type: 'job', max_age_s: 60 }, { ...nothing, lastRun: { endedAtMs: 0, code: 0, signal: null } }, { maxAgeMs: 60_000 }],
    [{ type: 'log', path: '/l', absent: 'panic' }, nothing, { present: null, absent: 'panic', withinMs: null, tailBytes: 65_536 }],
    [
      { type: 'log', path: '/l', present: 'ok', within_s: 60, tail_kb: 2 },
      nothing,
      { present: 'ok', absent: null, withinMs: 60_000, tailBytes: 2048 },
    ],
    [{ type: 'memory', min_free_percent: 20 }, nothing, { minFreePercent: 20, maxSwapPercent: null }],
    [{ type: 'memory', min_free_percent: 20, max_swap_percent: 50 }, nothing, { minFreePercent: 20, maxSwapPercent: 50 }],
  ])('%j looks for what it says, in the units of a look', (liveness, context, target) => {
    const { aim } = probeKinds[(liveness as NonNullable<Probe>).type]
    expect((aim as (probe: unknown, context: ProbeContext) => unknown)(liveness, context)).toMatchObject({ kind: 'target', target })
  })

  test.each<readonly [Probe, string]>([
    [{ type: 'http' }, 'it has neither a URL nor a port to ask'],
    [{ type: 'http', url: 'ftp://10.10.10.10' }, 'its URL is none of http or https'],
    [{ type: 'tcp' }, 'it has no port to ask'],
    [{ type: 'process' }, 'no process is known, and it has no pattern to look for one'],
    [{ type: 'port-owner' }, 'it has no port whose owner could be asked for'],
    [{ type: 'unit' }, 'its service manager says nothing of a unit'],
    [{ type: 'chat', model: 'small' }, 'it has neither a URL nor a port to ask'],
    [{ type: 'job', max_age_s: 60 }, 'no end of a run is known yet'],
  ])('%j without anything known cannot be asked: %s', (liveness, question) => {
    expect(probeTargets({ liveness }, nothing)).toMatchObject([{ question, askable: false }])
  })

  test('fills in the pace, and keeps the order of the purposes', () => {
    const targets = probeTargets({ contract: { type: 'tcp', timeout_ms: 100 }, startup: { type: 'tcp', interval_s: undefined } }, web)
    expect(targets.map(({ purpose }) => purpose)).toEqual(['startup', 'contract'])
    expect(targets.map(({ probe }) => probe)).toMatchObject([
      { timeout_ms: 5000, interval_s: 30, open_after: 3, close_after: 2 },
      { timeout_ms: 100, interval_s: 30 },
    ])
  })

  test('every kind of the contract has its row, under its own name', () => {
    const types = probeSchema.options.map((option) => option.shape.type.value)
    expect(Object.keys(probeKinds).sort()).toEqual([...types].sort())
    for (const [type, kind] of Object.entries(probeKinds)) expect(kind.type).toBe(type)
  })
})
