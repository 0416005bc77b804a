import type { CheckQuestion, DrillCheck, Fault } from './fault.ts'
import { healthy } from './server-script.ts'

type Given = Pick<Fault, 'id' | 'title'> & Partial<Fault>

const pass = { verdict: 'pass', outcomes: ['answer'] } as const
const rescued: Fault['expected'] = { live: pass, assured: pass }
export const rescuedIfHeld: Fault['expected'] = { live: { verdict: 'safe', outcomes: ['in-band-abort'] }, assured: pass }
export const passedOn: Fault['expected'] = {
  live: { verdict: 'pass', outcomes: ['status'] },
  assured: { verdict: 'pass', outcomes: ['status'] },
}

/** A healthy case of one call; a fault says where it differs. */
export function buildFault(given: Given): Fault {
  return {
    primary: healthy,
    fallback: healthy,
    plan: { kind: 'one' },
    ideal: 'answer',
    limitMs: 45_000,
    limits: { firstTokenMs: 10_000, idleMs: 15_000, loadMs: null },
    largerContext: false,
    checks: [],
    expected: rescued,
    ...given,
  }
}

export const required = (id: string, ask: CheckQuestion): DrillCheck => ({ id, level: 'required', ask })
export const advisory = (id: string, ask: CheckQuestion): DrillCheck => ({ id, level: 'advisory', ask })
