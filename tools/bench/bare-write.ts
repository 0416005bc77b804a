import { createRequire } from 'node:module'
import { timeProgram } from './time-program.ts'

/** The files of a folder below another and durable, by as many threads as a commit has: no less can be asked of a program on Node. */
const write = `
  const fs = require('node:fs'), { join, dirname } = require('node:path')
  const [source, target] = process.argv.slice(1)
  const below = fs.readdirSync(source, { recursive: true, withFileTypes: true })
  const paths = below.map((entry) => [join(entry.parentPath, entry.name), entry.isDirectory()])
  const made = [target]
  for (const [path, isFolder] of paths.sort()) {
    const to = join(target, path.slice(source.length))
    if (isFolder) fs.mkdirSync(to)
    else fs.writeFileSync(to, fs.readFileSync(path))
    made.push(to)
  }
  const sync = (path) => new Promise((resolve, reject) => {
    const file = fs.openSync(path)
    fs.fsync(file, (error) => (fs.closeSync(file), error ? reject(error) : resolve()))
  })
  Promise.all(made.map(sync))`

/** The texts of a catalog into trees that know their places, by the library alone; nothing is checked, resolved or rendered. */
const parse = `
  const fs = require('node:fs'), { join } = require('node:path')
  const [catalog, library] = process.argv.slice(1)
  const { parseDocument } = require(library)
  for (const name of fs.readdirSync(catalog, { recursive: true }))
    if (/\\.ya?ml$/.test(name)) parseDocument(fs.readFileSync(join(catalog, name), 'utf8'))`

const env = { UV_THREADPOOL_SIZE: '32' }

/** ms; start of Node included. */
export function timeBareWrite(node: string, source: string, target: string): number {
  return timeProgram([node, '-e', write, source, target], { env })
}

/** ms; start of Node included. */
export function timeBareParse(node: string, catalog: string): number {
  const library = createRequire(import.meta.url).resolve('yaml')
  return timeProgram([node, '-e', parse, catalog, library])
}
