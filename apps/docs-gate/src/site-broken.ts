import type { Finding } from '@sanctum/contracts'
import { toProblem } from './rules/to-problem.ts'

export const SITE_CONFIG = 'docs/astro.config.ts'

/** `observed` is what the build said. */
export function siteBroken(observed: string): Finding {
  return toProblem('DOCS_BUILD', {
    at: { file: SITE_CONFIG, line: 1, column: 1 },
    message: 'the site cannot be built',
    fix: 'Mend what the build names.',
    command: 'sanctumctl docs check --build-only',
    observed,
  })
}
