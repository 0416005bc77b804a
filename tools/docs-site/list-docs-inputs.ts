import { execFileSync } from 'node:child_process'
import { lstatSync } from 'node:fs'
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
    .filter((file) => file !== '' && !NOT_OF_THE_SITE.test(file) && isFile(join(root, file)))
    .toSorted()
}

/** Rules for writers and decisions, and what an install or a build makes. */
const NOT_OF_THE_SITE = /^docs\/(?:README\.md$|(?:decisions|node_modules|dist|\.astro|\.state)(?:\/|$))/

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true
}
