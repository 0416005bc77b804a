import type { FileSystem } from '@sanctum/generations'

export type Plant = 'none' | 'in-place' | 'no-sync'

/** Planted: every file goes over that of the current generation, atomic by itself, one after the other; no staging, no swap. */
export function commitInPlace(fileSystem: FileSystem, home: string): FileSystem {
  const inPlace = (path: string) => path.replace(/\/generations\/(\.staging-2|2)(?=\/|$)/, '/generations/1')
  return {
    ...fileSystem,
    look: (path) => fileSystem.look(inPlace(path)),
    readFile: (path) => fileSystem.readFile(inPlace(path)),
    makeDirectory: (path, mode) => fileSystem.makeDirectory(inPlace(path), mode),
    writeFile: (path, content, mode) => {
      const target = inPlace(path)
      if (target === path) return void fileSystem.writeFile(path, content, mode)
      fileSystem.writeFile(`${target}.tmp`, Buffer.from(Buffer.from(content).toString().replace('"number": 2', '"number": 1')), mode)
      return fileSystem.rename(`${target}.tmp`, target)
    },
    makeLink: (path, to) => {
      if (to !== 'generations/2') fileSystem.makeLink(path, to)
    },
    rename: (from, to) => {
      if (to !== `${home}/current` && !from.startsWith(`${home}/generations/.staging-2`)) fileSystem.rename(from, to)
    },
  }
}

/** Planted: the pointer is taken away before the new one is there. */
export function swapInTwoSteps(fileSystem: FileSystem, pointer: string): FileSystem {
  return {
    ...fileSystem,
    rename: (from, to) => {
      if (to === pointer) fileSystem.removeFile(pointer)
      fileSystem.rename(from, to)
    },
  }
}

/** Planted: nothing is ever told to make the content of a file durable. */
export function withoutBarrier(fileSystem: FileSystem): FileSystem {
  return {
    ...fileSystem,
    sync: (paths) => fileSystem.sync(paths.filter((path) => fileSystem.look(path).kind === 'directory')),
    syncTree: async () => {},
  }
}

/** Planted: the content of files is made durable, their names are not. */
export function withoutDirectorySync(fileSystem: FileSystem): FileSystem {
  return { ...fileSystem, sync: (paths) => fileSystem.sync(paths.filter((path) => fileSystem.look(path).kind !== 'directory')) }
}

/** Planted: each file by itself as well as it can be done, written beside, made durable, put in its place; the set is not. */
export function commitPerFile(fileSystem: FileSystem, home: string): FileSystem {
  const durable: FileSystem = {
    ...fileSystem,
    rename: (from, to) => {
      // In memory a sync has happened when the call returns.
      if (from.endsWith('.tmp')) void fileSystem.sync([from])
      fileSystem.rename(from, to)
      if (from.endsWith('.tmp')) void fileSystem.sync([to.slice(0, to.lastIndexOf('/'))])
    },
  }
  return commitInPlace(durable, home)
}

/** Planted: a generation loses its files before its name is durably gone. */
export function withoutSyncedNames(fileSystem: FileSystem, home: string): FileSystem {
  return { ...fileSystem, sync: (paths) => fileSystem.sync(paths.filter((path) => path !== `${home}/generations`)) }
}

/** Planted: nothing is ever made durable. */
export function withoutAnySync(fileSystem: FileSystem): FileSystem {
  return { ...fileSystem, sync: async () => {}, syncTree: async () => {} }
}

/** Planted: what is tried is never noted as such. */
export function withoutTrialNote(fileSystem: FileSystem, home: string): FileSystem {
  return {
    ...fileSystem,
    rename: (from, to) => (to === `${home}/state/trial.json` ? fileSystem.removeFile(from) : fileSystem.rename(from, to)),
  }
}

/** Planted: whoever collects does not look which generations are pinned. */
export function withoutPins(fileSystem: FileSystem): FileSystem {
  return { ...fileSystem, look: (path) => (path.endsWith('/state/pins.json') ? { kind: 'absent' } : fileSystem.look(path)) }
}
