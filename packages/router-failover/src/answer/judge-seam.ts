/** So many characters alike are no chance. */
const SEAM_CHARACTERS = 32

/**
 * Whether what follows a cut goes on with the answer or begins it again. `unknown` until it differs from the beginning of what was sent, or
 * until so much of it is the same.
 */
export function judgeSeam(before: string, after: string, isOver: boolean): 'joined' | 'restarted' | 'unknown' {
  const beginning = before.trimStart().slice(0, SEAM_CHARACTERS)
  const begun = after.trimStart().slice(0, beginning.length)
  if (!beginning.startsWith(begun)) return 'joined'
  return isOver || begun.length === beginning.length ? 'restarted' : 'unknown'
}
