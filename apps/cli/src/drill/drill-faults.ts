/** What a drill does to a service, and what it shows. */
export const drillFaults = {
  kill: 'its process is killed: the service manager must start another one',
  hang: 'its process is stopped by a signal: it still takes connections and answers none, so only a probe can tell',
  'port-squat': 'its process is killed and its port is held by somebody else for a while: it must come back when the port is free',
  disk: 'the file system of the haus is filled, then its process is killed: it must come back though nothing can be written',
  dependency: 'a service that it requires is stopped by a signal: that one must be healed, and this one be left alone',
} as const

export type DrillFault = keyof typeof drillFaults
export const drillFaultNames = Object.keys(drillFaults) as DrillFault[]

export function isDrillFault(word: string): word is DrillFault {
  return Object.hasOwn(drillFaults, word)
}
