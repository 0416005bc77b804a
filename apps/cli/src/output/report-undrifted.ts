import { countWords, type GenerationDocument } from '@sanctum/contracts'
import type { Answer } from '../command.ts'

/** The answer of a look that found nothing to tell, on the planes that were asked for. */
export function reportUndrifted(
  { number, surfaces }: GenerationDocument,
  asked: { readonly files: boolean; readonly units: boolean; readonly patrol?: boolean },
): Answer {
  const services = new Set(surfaces.flatMap(({ unit }) => unit?.service ?? []))
  const compared = [
    ...(asked.files ? [countWords(surfaces.length, 'file')] : []),
    ...(asked.units ? [countWords(services.size, 'unit')] : []),
    ...(asked.patrol === true ? ['what is loaded and who listens'] : []),
  ]
  return {
    exit: 'ok',
    data: {
      generation: number,
      files: asked.files ? [] : null,
      units: asked.units ? [] : null,
      ...(asked.patrol === true ? { patrol: { drift: [], orphans: [], ghosts: [] } } : {}),
    },
    findings: [],
    view: (style) => `${style.good('✓')} nothing drifted: ${compared.join(' and ')} as generation ${number} says`,
  }
}
