import type { Finding, HostObservations, UnitState } from '@sanctum/contracts'
import { toUnchecked } from './observe-file-drift.ts'

export interface RuntimeSight {
  readonly states: readonly UnitState[]
  /** Those of which the manager said nothing. */
  readonly silent: readonly UnitState[]
  readonly unread: HostObservations['unread']
  /** The embedded supervisor; null where launchd or systemd is. */
  readonly supervisor: string | null
}

/** What a look at what runs did not see: who listens, what a dead supervisor no longer writes down, and units of which nobody says anything. */
export function findUnseen({ states, silent, unread, supervisor }: RuntimeSight): Finding[] {
  return [...findUnread(unread), ...judgeSupervisor(states.find(({ service }) => service === supervisor)), ...judgeSilence(silent)]
}

export function findUnread(unread: RuntimeSight['unread']): Finding[] {
  return unread
    .filter(({ what }) => what === 'listeners')
    .map(({ why }) => toUnchecked('listeners', `who listens on this machine could not be read: ${why}`))
}

/** A supervisor that died leaves records that nobody keeps true. */
function judgeSupervisor(state: UnitState | undefined): Finding[] {
  if (state === undefined || state.pid !== null || state.wanted !== true) return []
  return [
    toUnchecked(state.service, `${state.service} should supervise the others but does not run, so nothing says what runs: ${state.why}`),
  ]
}

function judgeSilence(silent: readonly UnitState[]): Finding[] {
  const [first] = silent
  if (first === undefined) return []
  const names = silent.map(({ service }) => service).join(', ')
  return [toUnchecked('units', `the service manager says nothing of ${names}: ${first.why}`)]
}
