import type { RoleHealth } from '@sanctum/contracts'

/** Named as Prometheus names it in every program: what answers, as labels of a value that is always 1. */
const buildInfo = {
  name: 'sanctum_build_info',
  help: 'Version of the program that answers, and what it was built from (empty where nobody knows); always 1.',
  type: 'gauge',
} as const

export function toBuildInfo({ version, revision }: Pick<RoleHealth, 'version' | 'revision'>) {
  return { ...buildInfo, samples: [{ labels: { revision: revision ?? '', version }, value: 1 }] }
}
