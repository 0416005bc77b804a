import * as z from 'zod'
import { checkResult } from '../check.ts'

export const doctorOutput = z.strictObject({
  /** With --list only their names. */
  checks: z.union([z.array(checkResult), z.array(z.strictObject({ id: z.string(), title: z.string() }))]),
})
