import type { FileSystem, Found } from '@sanctum/generations'

type Steps = Pick<FileSystem, 'look' | 'readDirectory' | 'readFile' | 'readLink'>

/** Whoever runs the test. */
const uid = process.getuid?.() ?? 0

/** The walk of the port, made of its other methods. */
export function visitBySteps(steps: Steps, path: string, visit: (path: string, found: Found) => void, prefix = ''): void {
  const folders: string[] = []
  for (const name of steps.readDirectory(path)) {
    const entry = steps.look(`${path}/${name}`)
    if (entry.kind === 'directory') folders.push(name)
    else if (entry.kind === 'link') visit(`${prefix}${name}`, { kind: 'link', uid, to: steps.readLink(`${path}/${name}`) })
    else if (entry.kind === 'file')
      visit(`${prefix}${name}`, { kind: 'file', mode: entry.mode, uid, content: steps.readFile(`${path}/${name}`) })
    else visit(`${prefix}${name}`, { kind: 'other' })
  }
  for (const name of folders) visitBySteps(steps, `${path}/${name}`, visit, `${prefix}${name}/`)
}
