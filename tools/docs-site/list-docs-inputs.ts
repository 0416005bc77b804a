import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Files of the checkout that the site is made from: all of docs/ but the rules for its writers and the dated decisions. */
export function listDocsInputs(root: string): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', 'docs'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  return listed
    .split('\0')
    .filter((file) => file !== '' && !/^docs\/(?:README\.md$|decisions\/)/.test(file) && existsSync(join(root, file)))
    .toSorted()
}
