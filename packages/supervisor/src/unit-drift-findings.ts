import { type Finding, findingCodes } from '@sanctum/contracts'
import type { UnitDrift } from './judge-runtime.ts'

const codes = {
  'not-loaded': 'UNIT_NOT_LOADED',
  'other-definition': 'UNIT_OTHER_DEFINITION',
  'older-than-file': 'UNIT_STALE',
  'older-than-program': 'UNIT_OLD_PROGRAM',
  unmanaged: 'UNIT_UNMANAGED',
  'wrong-label': 'UNIT_WRONG_LABEL',
  'not-wanted': 'UNIT_NOT_WANTED',
} as const satisfies Record<UnitDrift['kind'], keyof typeof findingCodes>

/** What a person is told about units that do not run as committed. */
export function toUnitFindings(drift: readonly UnitDrift[]): Finding[] {
  return drift.map((item) => {
    const code = codes[item.kind]
    return {
      code,
      severity: findingCodes[code].severity,
      message: `${item.service}: ${item.why}`,
      subject: item.service,
      evidence: { expected: item.expected, observed: item.observed },
      fix: fixes[item.kind](item),
    }
  })
}

type Fix = NonNullable<Finding['fix']>

const fixes: Readonly<Record<UnitDrift['kind'], (item: UnitDrift) => Fix>> = {
  'not-loaded': () => ({ text: 'Load and start it.', command: 'sanctumctl up', safe: true }),
  'other-definition': ({ service, observed }) => ({
    text: `Look at ${observed}, remove it, then restart ${service}.`,
    command: `sanctumctl restart ${service}`,
  }),
  'older-than-file': restart,
  'older-than-program': restart,
  unmanaged: ({ pid }) => ({
    text:
      pid === null
        ? 'Stop what the catalog no longer has; unload by hand what Sanctum never had.'
        : `Stop what the catalog no longer has; end pid ${pid} by hand if Sanctum never had it.`,
    command: 'sanctumctl up',
    safe: true,
  }),
  'not-wanted': () => ({ text: 'Let it be noted again; what runs keeps its process.', command: 'sanctumctl up', safe: true }),
  'wrong-label': () => ({ text: 'Let the old label be stopped and forgotten.', command: 'sanctumctl up', safe: true }),
}

function restart({ service }: UnitDrift): Fix {
  return { text: 'Restart it.', command: `sanctumctl restart ${service}` }
}
