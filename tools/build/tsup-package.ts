import { readFileSync } from 'node:fs'
import type { Options } from 'tsup'

/** The one tsup preset of every published package: its entries are what its exports map says. Types come from tsc. */
const tsupPackage: Options = {
  entry: entriesOf(readFileSync('package.json', 'utf8')),
  format: 'esm',
  target: 'node24',
  platform: 'node',
  splitting: true,
  // Some modules, node:sqlite among them, exist under their full name alone.
  removeNodeProtocol: false,
  clean: true,
  silent: true,
}
export default tsupPackage

function entriesOf(manifest: string): Record<string, string> {
  const exportsMap: Record<string, string | { '@sanctum/source'?: string }> = JSON.parse(manifest).exports
  const sources = Object.values(exportsMap).flatMap((target) => (typeof target === 'string' ? [] : (target['@sanctum/source'] ?? [])))
  return Object.fromEntries(sources.map((source) => [source.replace(/^\.\/src\//, '').replace(/\.ts$/, ''), source.replace(/^\.\//, '')]))
}
