import type { IntentDocument } from '@sanctum/contracts'
import { besideOf, homeLayout } from './home-layout.ts'

/** Every path at which a run that ends in the middle may leave a file, apart from those in `generations/`. */
export function toBesidePaths(home: string, intent: IntentDocument | null): string[] {
  const layout = homeLayout(home)
  const published = intent?.publications.flatMap(({ path, put }) => (put === null ? [] : [path])) ?? []
  return [layout.current, layout.confirmed, layout.intent, layout.trial, layout.pins, layout.receipt, layout.catalogMemo, ...published].map(
    besideOf,
  )
}
