import type { RouterDefinition } from '../config/router-definition.ts'
import type { TargetKeeper } from './keep-targets.ts'

/** A definition and the requests that began under it: its servers stay until the last of them has ended. */
export interface Generation {
  readonly definition: RouterDefinition
  runs: number
  isOld: boolean
  settle(): void
}

export function holdGeneration(definition: RouterDefinition, keeper: TargetKeeper): Generation {
  let release: (() => void) | null = keeper.hold(definition)
  const generation: Generation = {
    definition,
    runs: 0,
    isOld: false,
    settle() {
      if (!generation.isOld || generation.runs > 0 || release === null) return
      release()
      release = null
    },
  }
  return generation
}
