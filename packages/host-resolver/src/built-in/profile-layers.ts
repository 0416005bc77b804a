import type { LayerDocument, Profile } from '@sanctum/contracts'

/** What each install profile changes besides which services it has. */
export const profileLayers: Readonly<Record<Profile, LayerDocument>> = {
  minimal: { policies: { generations_kept: 5 } },
  standard: {},
  full: { policies: { generations_kept: 20 } },
}

const sizes: Readonly<Record<Profile, number>> = { minimal: 0, standard: 1, full: 2 }

/** True if a machine of one profile has the services of another. */
export function hasProfile(machine: Profile, service: Profile): boolean {
  return sizes[machine] >= sizes[service]
}
