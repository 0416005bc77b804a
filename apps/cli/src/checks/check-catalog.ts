import type { Check } from '@sanctum/contracts'
import type { DoctorContext } from './doctor-context.ts'

/** The catalog reads, lints and resolves; with an error doctor would not have come this far. */
export const checkCatalog: Check<DoctorContext> = {
  id: 'catalog',
  title: 'catalog and layers',
  run: ({ loaded }) => ({ kind: 'ran', findings: loaded.findings }),
}
