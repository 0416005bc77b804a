import { Fault, type Step } from '@sanctum/contracts'
import type { FileSystem } from '../file-system.ts'
import { digestBytes, digestLink } from './digest.ts'

/** Performs the steps in order. It decides nothing; the first that fails ends it with a Fault. */
export async function performSteps(steps: readonly Step[], fileSystem: FileSystem): Promise<void> {
  for (const step of steps) await perform(step, fileSystem)
}

/** Performs the steps; where one fails, files that never came to their own names are taken away again, as far as the machine lets us. */
export async function performOrTakeBack(steps: readonly Step[], fileSystem: FileSystem): Promise<void> {
  for (const [index, step] of steps.entries()) {
    try {
      await perform(step, fileSystem)
    } catch (error) {
      takeBack(unnamedFiles(steps.slice(0, index + 1), steps.slice(index)), fileSystem)
      throw error
    }
  }
}

/** What was made under a name that a step still to come would have changed. */
function unnamedFiles(begun: readonly Step[], open: readonly Step[]): string[] {
  const waiting = new Set(open.flatMap((step) => (step.do === 'rename' ? [step.from] : [])))
  const made = begun.flatMap((step) => (step.do === 'write' || step.do === 'link' ? [step.path] : step.do === 'copy' ? [step.to] : []))
  return made.filter((path) => waiting.has(path))
}

function takeBack(paths: readonly string[], fileSystem: FileSystem): void {
  for (const path of paths) {
    try {
      fileSystem.removeFile(path)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
    }
  }
}

type Performers = { readonly [Name in Step['do']]: (step: Extract<Step, { do: Name }>, fileSystem: FileSystem) => void | Promise<void> }

const performers: Performers = {
  'make-directory': ({ path, mode }, fs) => fs.makeDirectory(path, mode),
  write: ({ path, mode, content }, fs) => fs.writeFile(path, Buffer.from(content), mode),
  copy: ({ from, to, mode, digest }, fs) => copy(fs, from, to, { mode, digest }),
  'sync-tree': ({ path }, fs) => fs.syncTree(path),
  'sync-files': ({ paths }, fs) => fs.sync(paths),
  'sync-directory': ({ path }, fs) => fs.sync([path]),
  link: ({ path, to }, fs) => fs.makeLink(path, to),
  rename: ({ from, to }, fs) => fs.rename(from, to),
  'remove-file': ({ path }, fs) => fs.removeFile(path),
  'remove-tree': ({ path }, fs) => fs.removeTree(path),
}

function perform<Name extends Step['do']>(step: Extract<Step, { do: Name }>, fileSystem: FileSystem): void | Promise<void> {
  return performers[step.do as Name](step, fileSystem)
}

function copy(fs: FileSystem, from: string, to: string, { mode, digest }: { mode: string; digest: string }): void {
  if (fs.look(from).kind === 'link') {
    const target = fs.readLink(from)
    requireDigest(from, digestLink(target), digest)
    fs.makeLink(to, target)
    return
  }
  const content = fs.readFile(from)
  requireDigest(from, digestBytes(content), digest)
  fs.writeFile(to, content, mode)
}

function requireDigest(path: string, found: string, wanted: string): void {
  if (found !== wanted) throw new Fault('DAMAGED', `${path} is not what was committed or seen: its digest differs`, { path })
}
