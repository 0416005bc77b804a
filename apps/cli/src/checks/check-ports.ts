import type { Check } from '@sanctum/contracts'
import { findHeldPorts } from '../haus/find-held-ports.ts'
import type { DoctorContext } from './doctor-context.ts'

/** Nobody else listens on a port of the haus. */
export const checkPorts: Check<DoctorContext> = {
  id: 'ports',
  title: 'ports',
  async run({ loaded: { haus }, listeners: look, units }) {
    const [{ listeners, unread }, states] = await Promise.all([look(), units()])
    const blind = unread.find(({ what }) => what.includes('listener'))
    if (blind) return { kind: 'could-not-check', reason: `${blind.what}: ${blind.why}` }
    return {
      kind: 'ran',
      findings: findHeldPorts({ services: Object.values(haus.services), listeners, states }),
      proof: `${listeners.length} listeners, none of them on a port of another`,
    }
  },
}
