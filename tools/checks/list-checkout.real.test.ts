import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listCheckout } from './list-checkout.ts'

/** A tree like a checkout, with what an install and a build leave in it. */
function plant(): string {
  const outer = mkdtempSync(join(tmpdir(), 'checkout-'))
  onTestFinished(() => rmSync(outer, { recursive: true, force: true }))
  const root = join(outer, 'versions/one')
  for (const file of ['README.md', '.ci/run', 'docs/a.md', 'docs/node_modules/x/README.md', 'apps/cli/dist/a.js', '.toolchain/built']) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), '')
  }
  writeFileSync(join(root, '.gitignore'), 'node_modules/\ndist/\n.toolchain/\n')
  symlinkSync('a.md', join(root, 'docs/link.md'))
  execFileSync('git', ['init', '-q'], { cwd: outer })
  return root
}

const expected = ['.ci/run', '.gitignore', 'README.md', 'docs/a.md']

test('what was unpacked is listed without git, even inside of another repository that ignores it', () => {
  const root = plant()
  writeFileSync(join(root, '../../.gitignore'), '*\n')
  expect(listCheckout(root)).toEqual(expected)
})

test('a repository lists what it tracks and what is new', () => {
  const root = plant()
  execFileSync('git', ['init', '-q'], { cwd: root })
  execFileSync('git', ['add', 'README.md'], { cwd: root })
  expect(listCheckout(root)).toEqual(expected)
})
