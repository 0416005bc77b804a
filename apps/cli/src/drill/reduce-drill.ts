/** One look of the observer outside, at a time since the fault, ms. */
export interface DrillLook {
  readonly atMs: number
  /** Its probe passes. */
  readonly passes: boolean
  readonly pid: number | null
  /** The process that was hit is still there. */
  readonly oldIsThere: boolean
}

/** What the observer has made out so far, ms since the fault; null for what has not happened yet. */
export interface DrillSight {
  /** The first time that the service did not answer. */
  readonly downMs: number | null
  /** Since when another process answers without a break, nothing of the old one being left. */
  readonly backMs: number | null
}

export const freshSight: DrillSight = { downMs: null, backMs: null }

/** A service is back when another process answers and the old one is gone; an answer of the old one is no recovery. */
export function reduceDrill(sight: DrillSight, look: DrillLook, oldPid: number): DrillSight {
  const isBack = look.passes && look.pid !== null && look.pid !== oldPid && !look.oldIsThere
  return {
    downMs: sight.downMs ?? (look.passes && look.pid === oldPid ? null : look.atMs),
    backMs: isBack ? (sight.backMs ?? look.atMs) : null,
  }
}

/** It counts as back once it answered for this long. */
export function hasHeld({ backMs }: DrillSight, atMs: number, holdMs: number): boolean {
  return backMs !== null && atMs - backMs >= holdMs
}
