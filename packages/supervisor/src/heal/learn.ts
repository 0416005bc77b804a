import type { HealRecord, OpenIncident } from '@sanctum/contracts'

/** The record with one more heal, and whether the probe that opened the incident held after it. */
export function learn(
  learned: readonly HealRecord[],
  { service, symptom }: Pick<OpenIncident, 'service' | 'symptom'>,
  action: string,
  helped: boolean,
): HealRecord[] {
  const isIt = (record: HealRecord) => record.service === service && record.symptom === symptom && record.action === action
  const { attempts, successes } = learned.find(isIt) ?? { attempts: 0, successes: 0 }
  const next = { service, symptom, action, attempts: attempts + 1, successes: successes + (helped ? 1 : 0) }
  return [...learned.filter((record) => !isIt(record)), next]
}
