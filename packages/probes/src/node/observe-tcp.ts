import { connect } from 'node:net'
import type { Sight } from '../judge-answer.ts'
import type { TcpTarget } from '../kinds/tcp.ts'
import type { ProbeOf } from '../probe-kind.ts'
import { toSocketFailure } from './socket-failure.ts'

export async function observeTcp(probe: ProbeOf<'tcp'>, { host, port }: TcpTarget, deadline: AbortSignal): Promise<Sight> {
  const socket = connect({ host, port })
  try {
    return await new Promise<Sight>((resolve) => {
      socket.once('connect', () => resolve({ kind: 'passed', detail: `port ${port} takes connections` }))
      socket.once('error', (error) => resolve(toSocketFailure(error)))
      deadline.addEventListener(
        'abort',
        () => resolve({ kind: 'failed', cause: 'timeout', detail: `no connection within ${probe.timeout_ms} ms` }),
        { once: true },
      )
    })
  } finally {
    socket.destroy()
  }
}
