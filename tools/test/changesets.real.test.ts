import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { renderContractPages } from '../generate/contract-pages.ts'
import { checkoutCopy, repository } from './checkout-copy.ts'

test('changeset version bumps the package, its dependants, and writes for the reader of the release notes', () => {
  const { path, remove } = checkoutCopy('release')
  onTestFinished(remove)
  for (const pending of globSync('.changeset/*.md', { cwd: path })) rmSync(join(path, pending))
  symlinkSync(join(repository, 'node_modules'), join(path, 'node_modules'))
  writeFileSync(join(path, '.changeset/planted.md'), "---\n'@sanctum/contracts': minor\n---\n\nFindings can be sorted.\n")
  git(path, 'init', '-q', '-b', 'main')
  git(path, 'add', '-A')
  git(path, 'commit', '-q', '-m', 'release')
  const before = { contracts: version(path, 'contracts'), catalog: version(path, 'catalog'), testkit: version(path, 'testkit') }

  execFileSync(join(repository, 'node_modules/.bin/changeset'), ['version'], { cwd: path, stdio: 'pipe' })

  expect(version(path, 'contracts')).toBe(bumped(before.contracts, 1))
  expect(version(path, 'catalog')).toBe(bumped(before.catalog, 2))
  expect(version(path, 'testkit')).toBe(before.testkit)
  // Of what a stamp generates too: its commit has to open the gates again.
  expect(renderContractPages(path, '')['contracts/sanctum.md']).toContain(version(path, 'contracts'))
  expect(readFileSync(join(path, 'packages/contracts/CHANGELOG.md'), 'utf8')).toContain('Findings can be sorted.')
  expect(existsSync(join(path, '.changeset/planted.md'))).toBe(false)
})

function version(path: string, name: string): string {
  return JSON.parse(readFileSync(join(path, 'packages', name, 'package.json'), 'utf8')).version
}

function bumped(version: string, place: 1 | 2): string {
  const parts = version.split('.').map(Number)
  return parts.map((part, index) => (index === place ? part + 1 : index > place ? 0 : part)).join('.')
}

function git(cwd: string, ...args: readonly string[]): void {
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], { cwd, stdio: 'pipe' })
}
