import type { HostFacts, LayerDocument, OsFamily } from '@sanctum/contracts'
import { placeholder } from './default-layer.ts'

/** Where each family of systems keeps things. */
export const osLayers: Readonly<Record<OsFamily, (facts: HostFacts) => LayerDocument>> = {
  darwin: ({ arch }) => ({
    paths: {
      programs: arch === 'arm64' ? '/opt/homebrew/bin' : '/usr/local/bin', // sanctum-audit-ignore: this is the table of such places
      caches: `${placeholder('host.home')}/Library/Caches/sanctum`,
      volumes: '/Volumes',
    },
  }),
  linux: () => ({
    paths: {
      programs: '/usr/bin',
      caches: `${placeholder('host.home')}/.cache/sanctum`,
      volumes: '/mnt',
    },
  }),
}

/** How each family names the unit of a service that has no label of its own. */
export const unitNames: Readonly<Record<OsFamily, (id: string) => string>> = {
  darwin: (id) => `com.sanctum.${id}`,
  linux: (id) => `sanctum-${id}`,
}
