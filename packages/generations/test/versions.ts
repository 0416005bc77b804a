import type { Surface } from '@sanctum/contracts'
import { file, unit } from './haus.ts'

const services = ['voice', 'router', 'vault', 'tts', 'bridge', 'kitchen'] as const

/** A set of files that all say the same number; which ones there are depends on it too. */
export function versionOf(version: number, units: string): Surface[] {
  const text = `version ${version}\n${'x'.repeat(1_500)}\n`
  const here = services.filter((_, index) => (version + index) % 4 !== 0)
  return [
    ...here.map((service) => unit(units, service, text)),
    ...services.map((service) => file(`services/${service}.yaml`, text)),
    file('bin/with-secrets', text, { mode: '0755', target: 'programs' }),
  ]
}

/** The number that a file of a version says; null if it is torn. */
export function readVersion(text: string): number | null {
  const match = /^version (\d+)\nx{1500}\n$/.exec(text)
  return match ? Number(match[1]) : null
}
