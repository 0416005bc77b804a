import { type Finding, type Haus, type Surface, scrub } from '@sanctum/contracts'
import { toFinding } from './to-finding.ts'

/** Surfaces in which a known secret stands, or a text that has the shape of one. */
export function judgeSecrets(haus: Haus, surfaces: readonly Surface[]): readonly Finding[] {
  return surfaces.flatMap((surface) => {
    const found = [...findSecrets(surface.content)]
    return found.map((what) =>
      toFinding(haus, surface.subject, {
        code: 'SECRET_IN_SURFACE',
        message: `${surface.path} would hold a secret (${what}).`,
        fix: 'Move the value to a 0600 file under secrets/, name it under run.secrets, and use the variable.',
        field: 'run/env',
      }),
    )
  })
}

/** A word that means a scheme of authorization only with something like a key behind it; prose has "basic" too. */
const authorization = /\b(?:bearer|basic)\s+(?=[a-z0-9._~+/=-]*\d)[a-z0-9._~+/=-]{16,}/i

function findSecrets(content: string): ReadonlySet<string> {
  const found = new Set(markersIn(scrub(content)))
  for (const marker of markersIn(content)) found.delete(marker)
  found.delete('authorization')
  if (authorization.test(content)) found.add('authorization')
  return found
}

function markersIn(text: string): readonly string[] {
  return [...text.matchAll(/\[secret:([^\]]*)\]/g)].map(([, name]) => name ?? '')
}
