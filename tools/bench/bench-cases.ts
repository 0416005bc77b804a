import type { BenchCase } from './bench-case.ts'
import { completion } from './completion.ts'
import { doctor } from './doctor.ts'
import { drift } from './drift.ts'
import { files } from './files.ts'
import { launcher } from './launcher.ts'
import { probes } from './probes.ts'
import { recovery } from './recovery.ts'
import { routerFailover } from './router-failover.ts'
import { routerFaults } from './router-faults.ts'
import { routerSpeed } from './router-speed.ts'
import { scale } from './scale.ts'
import { start } from './start.ts'

/** Every case, the quick ones first. */
export const benchCases: readonly BenchCase[] = [
  start,
  launcher,
  completion,
  doctor,
  drift,
  files,
  recovery,
  scale,
  probes,
  routerFailover,
  routerFaults,
  routerSpeed,
]
