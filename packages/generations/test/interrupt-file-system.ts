import { toFault } from '@sanctum/contracts'
import type { FileSystem } from '@sanctum/generations'

const effects = ['makeDirectory', 'writeFile', 'makeLink', 'rename', 'removeFile', 'removeTree', 'sync', 'syncTree'] as const
export type Effect = (typeof effects)[number]

/** Called before each effect, which has its number, counted from 0; throwing keeps it from happening. */
export type Interrupter = (effect: Effect, index: number, path: string) => void

/** Wraps the port so that each effect is announced. */
export function interruptFileSystem(fileSystem: FileSystem, before: Interrupter): FileSystem & { readonly count: () => number } {
  let index = 0
  const announce = (effect: Effect, ...args: readonly unknown[]) => before(effect, index++, String(args[0]))
  return {
    ...fileSystem,
    makeDirectory: (...args) => {
      announce('makeDirectory', ...args)
      fileSystem.makeDirectory(...args)
    },
    writeFile: (...args) => {
      announce('writeFile', ...args)
      fileSystem.writeFile(...args)
    },
    makeLink: (...args) => {
      announce('makeLink', ...args)
      fileSystem.makeLink(...args)
    },
    rename: (...args) => {
      announce('rename', ...args)
      fileSystem.rename(...args)
    },
    removeFile: (...args) => {
      announce('removeFile', ...args)
      fileSystem.removeFile(...args)
    },
    removeTree: (...args) => {
      announce('removeTree', ...args)
      fileSystem.removeTree(...args)
    },
    sync: async (...args) => {
      announce('sync', ...args)
      await fileSystem.sync(...args)
    },
    syncTree: async (...args) => {
      announce('syncTree', ...args)
      await fileSystem.syncTree(...args)
    },
    count: () => index,
  }
}

/** A process that dies at the effect with that number. A write is torn: that part of it happens. Nothing happens from there on. */
export function killAt(fileSystem: FileSystem, at: number, part = 0.5): FileSystem {
  let isDead = false
  const dying = interruptFileSystem(fileSystem, (_, index) => {
    isDead ||= index === at
    if (isDead) throw new Error('killed')
  })
  return {
    ...dying,
    writeFile: (path, content, mode) => {
      const wasDead = isDead
      try {
        dying.writeFile(path, content, mode)
      } catch (error) {
        if (!wasDead) fileSystem.writeFile(path, content.subarray(0, Math.floor(content.length * part)), mode)
        throw error
      }
    },
  }
}

/** A machine that refuses the effect with that number, and with `forEver` every later one. */
export function failAt(fileSystem: FileSystem, at: number, { errno, forEver }: { errno: string; forEver: boolean }): FileSystem {
  return interruptFileSystem(fileSystem, (effect, index, path) => {
    if (index === at || (forEver && index > at)) throw toFault(Object.assign(new Error(errno), { code: errno }), effect, path)
  })
}
