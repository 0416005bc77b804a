import { compareText, type Finding, type Haus, type Surface } from '@sanctum/contracts'
import { isLonger, LONGEST_PATH_BYTES } from './judge-text.ts'
import { excerpt, toFinding } from './to-finding.ts'

/**
 * Asks of every surface that its path stays below its folder and is its own. Names follow their schemas already;
 * this asks again at the last moment, because a file that escapes can be any file.
 */
export function judgePaths(
  haus: Haus,
  surfaces: readonly Surface[],
): { readonly safe: readonly Surface[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = []
  const safe = surfaces.filter((surface) => {
    const why = judgeRelativePath(surface.path) ?? (surface.publish === null ? null : judgeAbsolutePath(surface.publish))
    if (why !== null) findings.push(toUnsafe(haus, surface, why))
    return why === null
  })
  return { safe: [...safe].sort((a, b) => compareText(a.path, b.path)), findings }
}

/** Why this may not be the path of a file in a generation; null if it may. */
export function judgeRelativePath(path: string): string | null {
  if (path.startsWith('/')) return 'it is absolute'
  return judgeSegments(path.split('/'))
}

/** Why this may not be a path on the machine; null if it may. */
export function judgeAbsolutePath(path: string): string | null {
  if (!path.startsWith('/')) return 'it is not absolute'
  if (isLonger(path, LONGEST_PATH_BYTES)) return 'it is too long'
  return judgeSegments(path.slice(1).split('/'))
}

function judgeSegments(segments: readonly string[]): string | null {
  if (segments.includes('..') || segments.includes('.')) return 'it has .. or . in it'
  if (segments.includes('')) return 'it has an empty name in it'
  const name = segments.find((segment) => !segment.isWellFormed() || /[\u0000-\u001f\u007f\\]/.test(segment))
  if (name !== undefined) return 'it has a control character or a backslash in it'
  return segments.some((segment) => isLonger(segment, 255)) ? 'a name in it is longer than 255 bytes' : null
}

function toUnsafe(haus: Haus, surface: Surface, why: string): Finding {
  return toFinding(haus, surface.subject, {
    code: 'RENDERED_PATH_UNSAFE',
    message: `The ${surface.target} file of ${plainSubject(surface.subject)} would be ${excerpt(surface.publish ?? surface.path)}: ${why}.`,
    fix: 'Correct the id, the label or the workspace that this path is made from.',
    field: 'label',
  })
}

function plainSubject(subject: string): string {
  return /^[a-z0-9-]+$/.test(subject) ? subject : excerpt(subject)
}
