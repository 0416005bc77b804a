import type { FileSystem } from '@sanctum/generations'

const effects = ['makeDirectory', 'writeFile', 'makeLink', 'rename', 'removeFile', 'removeTree', 'sync', 'syncTree'] as const
export type Effect = (typeof effects)[number]

export class Killed extends Error {}

/** Called before each effect; throwing keeps it from happening. `perform` does it, so that it can also happen in part. */
export type Interrupter = (effect: Effect, index: number, path: string) => void

/** Wraps the port: each effect is announced with its number, counted from 0. */
export function interruptFileSystem(fileSystem: FileSystem, before: Interrupter): FileSystem & { readonly count: () => number } {
  let index = 0
  const wrapped = Object.fromEntries(
    effects.map((effect) => {
      const perform = fileSystem[effect] as (...args: unknown[]) => unknown
      const announce = (...args: unknown[]) => {
        before(effect, index++, String(args[0]))
        return perform(...args)
      }
      return [effect, effect === 'sync' || effect === 'syncTree' ? async (...args: unknown[]) => announce(...args) : announce]
    }),
  )
  return { ...fileSystem, ...wrapped, count: () => index }
}

/** A process that dies at the effect with that number: nothing happens from there on. */
export function killAt(fileSystem: FileSystem, at: number): FileSystem {
  let isDead = false
  return interruptFileSystem(fileSystem, (_, index) => {
    isDead ||= index === at
    if (isDead) throw new Killed()
  })
}
