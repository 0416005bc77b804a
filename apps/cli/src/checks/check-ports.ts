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
    const silent = new Map(states.filter(isSilent).map(({ service, why }) => [service, why]))
    const services = Object.values(held().services)
    const heldOf = (asked: typeof services) => findHeldPorts({ services: asked, listeners, states })
    const findings = heldOf(services.filter(({ id }) => !silent.has(id)))
    // Of whom the manager says nothing, it may be the service itself that listens there, or a stranger.
    const open = services.filter((service) => silent.has(service.id) && heldOf([service]).length > 0).map(({ id }) => id)
    if (open.length > 0) {
      const reason = `the service manager says nothing of ${open.join(', ')}, so who listens on its port is not known: ${silent.get(open[0] ?? '')}`
      return { kind: 'could-not-check', reason, findings }
    }
    return { kind: 'ran', findings, proof: `${countWords(listeners.length, 'listener')}, none of them on a port of another` }
  },
}
