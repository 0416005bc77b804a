import { type Check, countWords } from '@sanctum/contracts'
import { isSilent } from '@sanctum/supervisor'
import { findHeldPorts } from '../haus/find-held-ports.ts'
import type { DoctorContext } from './doctor-context.ts'
import { judgeBlindness } from './judge-blindness.ts'

/** Nobody else listens on a port of what is meant to run. The ports of what is not rendered yet are asked for by the render. */
export const checkPorts: Check<DoctorContext> = {
  id: 'ports',
  title: 'ports',
  async run({ held, listeners: look, units }) {
    const [{ listeners, unread }, states] = await Promise.all([look(), units()])
    const blind = judgeBlindness(unread)
    if (blind !== null) return blind
    // Of whom the manager says nothing, it may be the service itself that listens there; that it says nothing is told of the units.
    const silent = new Set(states.filter(isSilent).map(({ service }) => service))
    const services = Object.values(held().services).filter(({ id }) => !silent.has(id))
    return {
      kind: 'ran',
      findings: findHeldPorts({ services, listeners, states }),
      proof: `${countWords(listeners.length, 'listener')}, none of them on a port of another`,
    }
  },
}
