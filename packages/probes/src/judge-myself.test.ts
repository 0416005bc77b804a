import type { Observation } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { excuseMyself, judgeMyself, type MyselfFacts, type SocketResult, suspectsNetwork } from './judge-myself.ts'

const base = { atMs: 0, tookMs: 1, detail: 'x' }
const refused: Observation = { ...base, kind: 'failed', cause: 'transport' }
const late: Observation = { ...base, kind: 'failed', cause: 'timeout' }
const wrong: Observation = { ...base, kind: 'failed', cause: 'wrong-answer' }
const passes: Observation = { ...base, kind: 'passed' }

const local = (service: string, observation: Observation): SocketResult => ({ service, host: '127.0.0.1', observation })
const far = (service: string, observation: Observation): SocketResult => ({ service, host: '10.10.10.10', observation })
const fine: MyselfFacts = { loopDelayMs: 10, wallElapsedMs: 10_000, monotonicElapsedMs: 10_000, sockets: [], network: null }
const isolated = { loopback: false, uplink: false }
const offline = { loopback: true, uplink: false }
const online = { loopback: true, uplink: true }

describe('judgeMyself', () => {
  test.each<readonly [string, Partial<MyselfFacts>, string | undefined]>([
    ['nothing', {}, undefined],
    ['the loop was held up', { loopDelayMs: 1500 }, 'overloaded'],
    ['slept', { wallElapsedMs: 3_610_000 }, 'clock-jumped'],
    ['set back', { wallElapsedMs: -3_590_000 }, 'clock-jumped'],
    ['a clock that is slewed', { wallElapsedMs: 10_900 }, undefined],
    ['a slow cycle', { wallElapsedMs: 100_000, monotonicElapsedMs: 100_000 }, undefined],
    ['everything fails and loopback does not work', { sockets: [local('a', late), local('b', late)], network: isolated }, 'network-lost'],
    ['everything fails and loopback works', { sockets: [local('a', late), local('b', late)], network: online }, undefined],
    ['one passes', { sockets: [local('a', late), local('b', late), local('c', passes)], network: isolated }, undefined],
    ['they fail in different ways', { sockets: [local('a', late), local('b', wrong)], network: isolated }, undefined],
    ['one was asked, and we do not even reach ourselves', { sockets: [local('a', late)], network: isolated }, 'network-lost'],
    ['nothing was asked', { network: isolated }, undefined],
    [
      'all others fail and there is no uplink',
      { sockets: [local('a', passes), far('b', refused), far('c', refused)], network: offline },
      'network-lost',
    ],
    ['all others fail and there is an uplink', { sockets: [far('b', refused), far('c', refused)], network: online }, undefined],
  ])('%s', (_, given, kind) => {
    expect(judgeMyself({ ...fine, ...given })?.kind).toBe(kind)
  })

  test('the own network is looked at only where much fails alike', () => {
    expect(suspectsNetwork([local('a', refused), local('b', refused)])).toBe(true)
    expect(suspectsNetwork([local('a', passes), far('b', late), far('c', late)])).toBe(true)
    expect(suspectsNetwork([local('a', wrong), local('b', wrong)])).toBe(false)
    expect(suspectsNetwork([local('a', refused), local('b', passes)])).toBe(false)
    expect(suspectsNetwork([])).toBe(false)
  })
})

describe('excuseMyself', () => {
  const heldUp = judgeMyself({ ...fine, loopDelayMs: 5000 })
  const slept = judgeMyself({ ...fine, wallElapsedMs: 3_610_000 })
  const lost = judgeMyself({ ...fine, sockets: [far('b', refused), far('c', refused)], network: offline })

  test.each([
    ['a timeout while we were held up', late, heldUp, '127.0.0.1', 'could-not-check'],
    ['a refused connection is a fact even then', refused, heldUp, '127.0.0.1', 'failed'],
    ['a wrong answer too', wrong, slept, '127.0.0.1', 'failed'],
    ['a refused connection after waking', refused, slept, '10.10.10.10', 'could-not-check'],
    ['another host without a network', refused, lost, '10.10.10.10', 'could-not-check'],
    ['this host without a network', refused, lost, '127.0.0.1', 'failed'],
    ['no socket', late, lost, null, 'failed'],
    ['a pass is a pass', passes, slept, '127.0.0.1', 'passed'],
    ['no trouble', late, null, '127.0.0.1', 'failed'],
  ])('%s', (_, observation, trouble, host, kind) => {
    expect(excuseMyself(observation, trouble, host).kind).toBe(kind)
  })
})
