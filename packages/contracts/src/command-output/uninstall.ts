import * as z from 'zod'

/** What taking Sanctum off a machine came to, or would come to. */
export const uninstallOutput = z.strictObject({
  outcome: z.enum(['unchanged', 'planned', 'uninstalled', 'stuck']),
  home: z.string(),
  /** In the order in which they stop. */
  stopped: z.array(z.string()),
  /** Published files that were ours and unchanged. */
  removed: z.array(z.string()),
  /** Published files that are not ours, or that somebody edited. */
  kept: z.array(z.string()),
  /** Names in the home that --purge removed. */
  purged: z.array(z.string()),
})
