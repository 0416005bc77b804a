import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listCheckout } from '../checks/list-checkout.ts'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

/** What a clone would hold if the work tree were committed now, in a new temporary folder. */
export function checkoutCopy(name: string): { readonly path: string; readonly remove: () => void } {
  const parent = mkdtempSync(join(tmpdir(), 'sanctum '))
  const path = join(parent, name)
  for (const file of listCheckout(repository)) copy(file, path)
  return { path, remove: () => rmSync(parent, { recursive: true, force: true, maxRetries: 5 }) }
}

/** A program in the place of the real one that prints what it was started with, so that these tests hold whatever the real one does. */
export function plantEchoProgram(path: string): void {
  writeFileSync(
    join(path, 'apps/cli/src/main.ts'),
    `import { word } from './word.ts'
const [, , ...args] = process.argv
if (args[0] === 'exit') process.exit(Number(args[1]))
console.log(JSON.stringify({ word, args, node: process.version, cwd: process.cwd(), path: process.env.PATH, home: process.env.HOME ?? null }))
`,
  )
  writeFileSync(join(path, 'apps/cli/src/word.ts'), "export const word = 'first'\n")
  writeFileSync(join(path, 'apps/daemon/src/main.ts'), 'export {}\n')
}

function copy(file: string, to: string): void {
  const target = join(to, file)
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(join(repository, file), target)
}
