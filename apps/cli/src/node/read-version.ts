import { readFileSync } from 'node:fs'

/** Of this program, as its manifest beside the bundle says. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}
