import type { HostFacts, LayerDocument } from '@sanctum/contracts'

/** What holds where nobody says otherwise. */
export function toDefaultLayer(facts: HostFacts): LayerDocument {
  return {
    profile: 'standard',
    paths: {
      home: placeholder('host.home'),
      sanctum_home: placeholder('host.sanctum_home'),
      logs: `${placeholder('host.sanctum_home')}/logs`,
      state: `${placeholder('host.sanctum_home')}/state`,
      secrets: `${placeholder('host.sanctum_home')}/secrets`,
      config: `${placeholder('host.sanctum_home')}/config`,
      backups: `${placeholder('host.sanctum_home')}/backups`,
      projects: `${placeholder('host.home')}/Projects`,
    },
    capacity: toDefaultCapacity(facts.memory_mb),
    policies: { settle_delay_s: 15, generations_kept: 10, confirm_within_s: 1800, night_window: { from: '02:00', to: '05:00' } },
  }
}

/** A sixth for the system and its people, a sixteenth as safety: what the reference hub keeps of its 64 GB. */
function toDefaultCapacity(memoryMb: number): NonNullable<LayerDocument['capacity']> {
  return {
    ram_physical_mb: memoryMb,
    ram_reserved_mb: Math.round((memoryMb * 10) / 64),
    ram_safety_mb: Math.round((memoryMb * 4) / 64),
  }
}

/** The text of a placeholder, spelled so that nobody takes it for one of the language. */
export function placeholder(name: string): string {
  return `\${${name}}`
}
