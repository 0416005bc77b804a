import * as z from 'zod'
import { primaryLossReport } from '../primary-loss-report.ts'
import { routerScorecard } from '../router-scorecard.ts'
import { routerStatus } from '../router-status.ts'

/** Of a router in the foreground; what it says meanwhile comes line by line before this. */
export const routerServeOutput = z.strictObject({ source: z.string(), port: z.int() })

export const routerStatusOutput = z.strictObject({ status: routerStatus })

/** `outcome` is missing with --dry-run. A definition that was refused is told in the findings, and the last good one stays. */
export const routerReloadOutput = z.strictObject({
  outcome: z.enum(['taken', 'unchanged', 'empty', 'refused']).optional(),
  source: z.string().optional(),
  written: z.boolean(),
})

/** With --dry-run only the faults that would be planted. */
export const routerDrillOutput = z.strictObject({
  faults: z.array(z.string()),
  scorecards: z.array(routerScorecard).optional(),
  /** Where the scorecards were written; missing where there is no home. */
  files: z.array(z.string()).optional(),
  written: z.boolean(),
})

/** With --dry-run only the route whose copy would lose its primary. */
export const primaryLossOutput = z.strictObject({
  route: z.string(),
  report: primaryLossReport.optional(),
  written: z.boolean(),
})
