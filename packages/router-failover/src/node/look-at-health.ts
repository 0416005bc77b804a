import type { Dispatcher } from 'undici'
import type { TargetEvent } from '../target/target-state.ts'
import { causeOfError } from './cause-of-error.ts'
import type { TargetLink } from './target-link.ts'

export type Health = Extract<TargetEvent, { kind: 'health-seen' }>['health']

/** A cheap look under way. */
export interface HealthLook {
  /** Gives up: a server that has said nothing by now is silent. */
  expire(): void
}

const gone = new Error('the look at the health took too long')
/** Statuses of a server that has no such address. */
const unknownAddress: ReadonlySet<number> = new Set([404, 405, 501])

/**
 * Asks a server how it is, without a token: `/health` at its root, and the list of its models where it has no such address. Only the status
 * is read, and told once the answer is over: until then the look can still be given up, and its connection with it.
 */
export function lookAtHealth(link: TargetLink, requestId: string, done: (health: Health) => void): HealthLook {
  let controller: Dispatcher.DispatchController | null = null
  let isOver = false
  let isSecond = false
  let isRepeated = false
  let seen: Health | null = null

  function end(health: Health): void {
    if (isOver) return
    isOver = true
    done(health)
  }

  function ask(): void {
    // Between two questions the key may have been taken away.
    if (link.problem() !== null) {
      end('unauthorized')
      return
    }
    const path = isSecond ? '/models' : '/health'
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        if (isOver) throw gone
        controller = started
      },
      onResponseStart(_, status) {
        if (status < 200 || isOver) return
        if (isSecond || !unknownAddress.has(status)) seen = healthOf(status)
      },
      onResponseData() {},
      onResponseEnd() {
        if (seen !== null) end(seen)
        if (isOver || isSecond) return
        isSecond = true
        ask()
      },
      onResponseError(_, error) {
        if (seen !== null) {
          end(seen)
          return
        }
        const { cause } = causeOfError(error, 'connect')
        // A server may have ended an idle connection in this very moment: that says nothing about it, and another connection is opened.
        if (cause === 'reset' && !isRepeated && !isOver) {
          isRepeated = true
          setImmediate(() => {
            if (!isOver) ask()
          })
          return
        }
        end(cause === 'refused' || cause === 'unreachable' ? 'refused' : cause === 'tls' ? 'unauthorized' : 'silent')
      },
    }
    link.dispatch({ method: 'GET', path, isAbsolute: !isSecond, contentType: null, requestId, body: null, contentLength: null }, handler)
  }

  ask()
  return {
    expire() {
      if (isOver) return
      end(seen ?? 'silent')
      controller?.abort(gone)
    },
  }
}

function healthOf(status: number): Health {
  if (status === 503) return 'loading'
  if (status === 401 || status === 403) return 'unauthorized'
  return status >= 500 ? 'silent' : 'ready'
}
