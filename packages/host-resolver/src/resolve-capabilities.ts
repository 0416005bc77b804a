import { compareText, type HostFacts, id, type NodeEntry } from '@sanctum/contracts'

/** What a node can do: what its entry declares, and what the facts of this machine show. Sorted. */
export function resolveCapabilities({ capabilities = [] }: NodeEntry, facts: HostFacts): string[] {
  const found = Object.entries(capabilityTests).flatMap(([name, has]) => (has(facts) ? [name] : []))
  const runtime = facts.container_runtime?.kind
  const named = runtime !== undefined && id.safeParse(runtime).success ? [runtime] : []
  return [...new Set([...capabilities, ...found, ...named])].sort(compareText)
}

const capabilityTests: Readonly<Record<string, (facts: HostFacts) => boolean>> = {
  metal: ({ gpu }) => gpu.metal,
  gpu: ({ gpu }) => gpu.metal || gpu.names.length > 0,
  containers: ({ container_runtime }) => container_runtime !== null,
  launchd: ({ service_manager }) => service_manager.kind === 'launchd',
  systemd: ({ service_manager }) => service_manager.kind.startsWith('systemd'),
  ollama: (facts) => hasTool(facts, 'ollama'),
  'lm-studio': (facts) => hasTool(facts, 'lms'),
  'llama-cpp': (facts) => hasTool(facts, 'llama-server'),
  'mlx-lm': (facts) => hasTool(facts, 'mlx_lm.server'),
  tailscale: (facts) => hasTool(facts, 'tailscale'),
  restic: (facts) => hasTool(facts, 'restic'),
}

function hasTool({ tools }: HostFacts, name: string): boolean {
  return Object.hasOwn(tools, name) && tools[name] !== null
}
