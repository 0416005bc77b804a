import type { FileSystem } from '@sanctum/generations'

export type Plant = 'none' | 'in-place'

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
