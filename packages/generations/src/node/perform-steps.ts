import { Fault, type Step } from '@sanctum/contracts'
import type { FileSystem } from '../file-system.ts'
import { digestBytes, digestLink } from './digest.ts'

/** Performs the steps in order. It decides nothing; the first that fails ends it with a Fault. */
export async function performSteps(steps: readonly Step[], fileSystem: FileSystem): Promise<void> {
  for (const step of steps) await perform(step, fileSystem)
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
