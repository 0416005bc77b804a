import type { UnitState } from '@sanctum/contracts'
import type { Sight } from './judge-answer.ts'

/** What lies on the disk now: the digest to hold against what was loaded, that no file is there, or that nobody may say. */
export type UnitFile =
  | { readonly kind: 'read'; readonly digest: string; readonly loaded: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unknown' }

/** Whether a unit is loaded, and from the definition that lies on the disk. */
export function judgeUnit({ unit, loaded, needsReload, definitionFile, dropIns }: UnitState, file: UnitFile = { kind: 'unknown' }): Sight {
  if (!loaded) return { kind: 'failed', cause: 'not-running', detail: `${unit} is not loaded` }
  const passed = { kind: 'passed', detail: `${unit} is loaded` } as const
  if (needsReload) return { ...passed, drift: `the file of ${unit} changed after it was loaded` }
  if (dropIns.length > 0) return { ...passed, drift: `${unit} is changed by ${dropIns.join(' and ')}` }
  if (definitionFile === null) return passed
  if (file.kind === 'missing') return { ...passed, drift: `${definitionFile}, from which ${unit} was loaded, is gone` }
  if (file.kind === 'read' && file.digest !== file.loaded)
    return {
      ...passed,
      drift: `${definitionFile} is not what ${unit} was loaded from: ${shorten(file.digest)}, not ${shorten(file.loaded)}`,
    }
  return { ...passed, detail: `${unit} is loaded from ${definitionFile}${file.kind === 'read' ? `, as it lies there` : ''}` }
}

function shorten(digest: string): string {
  return digest.slice(0, 12)
}
