import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench-case.ts'
import { buildCatalog } from './build-catalog.ts'
import { timeProgram } from './time-program.ts'

/** 125 services and 62 agents: 502 files, four for a service and its share of the agents. */
const services = 125
const agents = 62

export interface SmallHaus {
  readonly home: string
  readonly catalog: string
  readonly env: Readonly<Record<string, string>>
}

/** The catalog and an empty home. */
export function createSmallHaus({ folder }: Bench): SmallHaus {
  const [home, catalog] = [join(folder, 'home'), join(folder, 'catalog')]
  mkdirSync(home)
  buildCatalog(catalog, { services, agents })
  return { home, catalog, env: { HOME: home, SANCTUM_CATALOG: catalog } }
}

/** The same with a first generation. */
export function renderSmallHaus(bench: Bench): SmallHaus {
  const haus = createSmallHaus(bench)
  timeProgram([bench.node, bench.cli, 'render', '--yes'], { env: haus.env })
  return haus
}

export const surfacesOf = ({ home }: SmallHaus) => join(home, '.sanctum/current/surfaces')
