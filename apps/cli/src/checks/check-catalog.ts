import type { Check } from '@sanctum/contracts'
import type { DoctorContext } from './doctor-context.ts'

/** The catalog reads, lints and resolves. Where it does not, the checks of what runs go by the generation. */
export const checkCatalog: Check<DoctorContext> = {
  id: 'catalog',
  title: 'catalog and layers',
  run: (context) => ({ kind: 'ran', findings: context.unusable ?? context.loaded.findings }),
}
