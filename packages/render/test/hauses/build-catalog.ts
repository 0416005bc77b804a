import type { Catalog } from '@sanctum/contracts'

/** A small catalog as written: placeholders stand, defaults do not. */
export function buildCatalog(): Catalog {
  return {
    name: 'manoir',
    digest: 'c'.repeat(64),
    services: {
      'qwen3-tts': {
        kind: 'daemon',
        tier: 'ops',
        run: { command: ['${paths.tts}/bin/tts'] },
        provides: [{ port: 8008, port_lore: 'Yoda speaks at 8008.' }],
      },
      'voice-agent': {
        title: 'Voice agent',
        kind: 'daemon',
        tier: 'ops',
        label: 'com.sanctum.voice-agent',
        on: { types: ['hub'], capabilities: ['metal'] },
        run: { command: ['${host.node}', '${paths.voice}/main.js'] },
        requires: ['qwen3-tts', { service: 'livekit-server', strength: 'soft', running: true, reason: 'calls' }],
        health: { liveness: { type: 'http', path: '/health', headers: { b: '2', a: '1' } } },
        capacity: { ram_budget_mb: 2048, evictable: true },
        settings: { voice: 'yoda', beam: 4 },
        backends: { local: { url: 'http://127.0.0.1:8008' }, cloud: { url: 'https://example.org', locality: 'cloud' } },
        default_backend: 'local',
        remediation: { actions: [{ name: 'restart', restart: true }], max_restarts: 3 },
      },
      'livekit-server': { kind: 'external', tier: 'optional' },
    },
    retired: {},
    places: {},
    instance: { layer: 'catalog', source: 'instance.yaml', value: {}, places: {} },
    overlays: {},
    capabilities: null,
    agentDocuments: {},
    stability: null,
  }
}
