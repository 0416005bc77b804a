import type { Finding, Haus, UnitState } from '@sanctum/contracts'
import { judgeAdmission } from '@sanctum/supervisor'

export interface RoomQuestion {
  readonly haus: Pick<Haus, 'services' | 'capacity'>
  /** In the order in which they are started: who comes first takes its room first. */
  readonly starts: readonly string[]
  readonly states: readonly UnitState[]
}

/** A finding for each of these starts that does not fit beside what runs and what is started before it. What is about to be stopped takes no room. */
export function findNoRoom({ haus: { services, capacity }, starts, states }: RoomQuestion): Finding[] {
  const running = states.filter(({ service, pid }) => pid !== null && Object.hasOwn(services, service)).map(({ service }) => service)
  const findings: Finding[] = []
  // What runs has its room already: it takes nothing new where it is started anew.
  const seated = new Set(running)
  for (const service of starts.filter((id) => !seated.has(id))) {
    const admission = judgeAdmission({ service, services, running, capacity })
    if (admission.kind === 'admitted') {
      running.push(service)
      continue
    }
    const { blocker, why, remedy } = admission
    const isItself = blocker === service
    findings.push({
      code: 'START_NOT_ADMITTED',
      severity: 'error',
      message: `${service} is not started: ${why}`,
      subject: service,
      evidence: { expected: `room for ${service}`, observed: `${blocker} stands in the way` },
      fix: {
        text: isItself
          ? `${sentence(remedy)}, or leave ${service} out.`
          : `${sentence(remedy)}, or leave ${service} out; the command leaves ${blocker} out until the next up.`,
        command: `sanctumctl up --set services.${blocker}.enabled=false`,
      },
    })
  }
  return findings
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
