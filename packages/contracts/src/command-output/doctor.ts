import * as z from 'zod'
import { checkResult } from '../check.ts'

/** What `--fix` did about a finding, or would do. */
const appliedFix = z.strictObject({
  code: z.string(),
  subject: z.string(),
  steps: z.array(z.string()),
  /** planned: only shown. fixed: the same check passes now. failed: it does not, or the fix could not be made. */
  outcome: z.enum(['planned', 'fixed', 'failed']),
  why: z.string(),
})

export const doctorOutput = z.strictObject({
  /** With --list only their names. */
  checks: z.union([z.array(checkResult), z.array(z.strictObject({ id: z.string(), title: z.string(), quick: z.boolean() }))]),
  /** Only with --fix. */
  fixes: z.array(appliedFix).optional(),
})
