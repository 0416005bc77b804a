import type { RouterDefinition } from '../config/router-definition.ts'
import { isGlob } from './match-glob.ts'

/** Names that clients may ask for, each once; patterns are none. */
export function listModels({ routes }: Pick<RouterDefinition, 'routes'>): readonly string[] {
  return [...new Set(routes.flatMap(({ name, models }) => [name, ...models.filter((model) => !isGlob(model))]))]
}
