import { judgeMyself, type OwnNetwork, type OwnTrouble, type SocketResult, suspectsNetwork } from '@sanctum/probes'

export interface MyselfPorts {
  readonly nowMs: () => number
  readonly monotonicMs: () => number
  /** The longest hold-up of this process since the last call. */
  readonly loopDelayMs: () => number
  readonly lookAtNetwork: () => Promise<OwnNetwork>
}

export interface MyselfWatch {
  /** Whether the results since the last call may be our own trouble. */
  judge(sockets: readonly SocketResult[]): Promise<OwnTrouble | null>
}

/** After a sleep the network comes back later than this process does. */
const WAKING_MS = 10_000

/** Keeps what it takes to tell our own trouble from that of the services. */
export function createMyselfWatch(ports: MyselfPorts): MyselfWatch {
  let last = { wallMs: ports.nowMs(), monotonicMs: ports.monotonicMs() }
  let lost: OwnTrouble | null = null
  let waking: { readonly trouble: OwnTrouble; readonly untilMs: number } | null = null
  return {
    async judge(sockets) {
      const now = { wallMs: ports.nowMs(), monotonicMs: ports.monotonicMs() }
      const elapsed = { wallElapsedMs: now.wallMs - last.wallMs, monotonicElapsedMs: now.monotonicMs - last.monotonicMs }
      last = now
      const network = suspectsNetwork(sockets) ? await ports.lookAtNetwork() : null
      const trouble = judgeMyself({ ...elapsed, loopDelayMs: ports.loopDelayMs(), sockets, network })
      if (trouble?.kind === 'clock-jumped') waking = { trouble, untilMs: now.monotonicMs + WAKING_MS }
      if (waking !== null && now.monotonicMs >= waking.untilMs) waking = null
      // Until somebody was asked again nobody knows that the network is back.
      if (sockets.length > 0 || trouble !== null) lost = trouble?.kind === 'network-lost' ? trouble : null
      return trouble ?? lost ?? waking?.trouble ?? null
    },
  }
}
