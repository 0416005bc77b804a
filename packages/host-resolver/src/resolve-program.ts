import type { HostFacts } from '@sanctum/contracts'
import { osLayers } from './built-in/os-layers.ts'
import { toAbsoluteHome } from './placeholder-scope.ts'

/**
 * The absolute path of a program. A bare name is looked up among the tools of the facts; one that is not there is taken to
 * be where this system's packages put it, and `listPrerequisites` says that it is missing.
 */
export function resolveProgram(program: string, facts: HostFacts): string {
  if (program.includes('/')) return toAbsoluteHome(program, facts)
  return (Object.hasOwn(facts.tools, program) ? facts.tools[program]?.path : undefined) ?? guessProgram(program, facts)
}

/** Where a package of this system would put the program. */
export function guessProgram(name: string, facts: HostFacts): string {
  return `${osLayers[facts.os.family](facts).paths?.['programs'] ?? '/usr/bin'}/${name}`
}
