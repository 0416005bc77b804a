import type { BenchCase } from './bench-case.ts'
import { launcher } from './launcher.ts'
import { start } from './start.ts'

/** Every case, the quick ones first. */
export const benchCases: readonly BenchCase[] = [start, launcher]
