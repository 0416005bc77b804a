import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * One digest over the names and contents of all files that these pathspecs of git name, as they lie in the work tree; a file that
 * git ignores is none. An error where a pathspec names nothing: what guards nothing can never go stale.
 */
export function digestOfPaths(root: string, pathspecs: readonly string[]): string {
  const digest = createHash('sha256')
  for (const file of [...new Set(pathspecs.flatMap((pathspec) => filesOf(root, pathspec)))].sort()) {
    const content = createHash('sha256')
      .update(readFileSync(join(root, file)))
      .digest('hex')
    digest.update(`${content} ${file}\n`)
  }
  return digest.digest('hex').slice(0, 16)
}

function filesOf(root: string, pathspec: string): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', pathspec], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const files = listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))
  if (files.length === 0) throw new Error(`no file is named by "${pathspec}"`)
  return files
}
