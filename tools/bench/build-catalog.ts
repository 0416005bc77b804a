import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface CatalogSize {
  readonly services: number
  /** Each has the four documents that an agent may have, so that a haus can have more files than services. */
  readonly agents?: number
}

/** Services of one file of `catalog.d/`. */
const PER_FILE = 100

/**
 * A catalog as people have them: split into files, services with a port, a probe, one or two dependencies and a sentence why. The
 * same size gives the same bytes.
 */
export function buildCatalog(folder: string, { services, agents = 0 }: CatalogSize): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  write(
    'instance.yaml',
    'instance: { slug: bench, name: Bench, timezone: UTC }\nnodes:\n  local: { type: hub }\npaths:\n  logs: ${host.sanctum_home}/logs\n',
  )
  write('catalog.yaml', `services:\n${renderService(0)}`)
  for (let from = 1; from < services; from += PER_FILE) {
    const upTo = Math.min(from + PER_FILE, services)
    const texts = Array.from({ length: upTo - from }, (_, index) => renderService(from + index))
    write(`catalog.d/part-${String(from).padStart(5, '0')}.yaml`, `services:\n${texts.join('')}`)
  }
  const names = Array.from({ length: agents }, (_, index) => `agent-${index}`)
  if (agents === 0) return
  write(
    'agent_capabilities.yaml',
    `agents:\n${names.map((name) => `  ${name}: { title: ${name}, role: Bench, node: local, allowed: ['docs/**'], tools: [read] }\n`).join('')}`,
  )
  for (const name of names)
    for (const document of ['IDENTITY', 'SOUL', 'TOOLS', 'HEARTBEAT'])
      write(`agents/${name}/${document}.md`, `# ${document} of ${name}\n\n${'One line of what it is and how it works.\n'.repeat(40)}`)
}

const FIRST_PORT = 20_000

/** Services need earlier ones only, so that the graph has no circle; each tenth is a job. */
function renderService(index: number): string {
  const id = nameOf(index)
  const head = [`  ${id}:`, `    title: Service ${index}`, `    description: It stands here so that there are many.`, '    tier: ops']
  const needs = [...new Set([Math.floor(index / 2), Math.floor(index / 3)])].filter((other) => other < index && other % 10 !== 9)
  const requires =
    needs.length === 0 ? [] : ['    requires:', ...needs.map((other) => `      - { service: ${nameOf(other)}, reason: It asks it. }`)]
  const command = `    run: { command: [/opt/bench/bin/service, --number, '${index}', --data, '\${host.sanctum_home}/data/${id}'] }`
  if (index % 10 === 9) return `${[...head, '    kind: periodic', command, '    schedule: { every_s: 3600 }', ...requires].join('\n')}\n`
  const port = FIRST_PORT + index
  const daemon = [
    '    kind: daemon',
    command,
    '    provides:',
    `      - { port: ${port}, name: api, port_lore: The next one that was free. }`,
    '    health:',
    '      liveness: { type: http, path: /health }',
  ]
  return `${[...head, ...daemon, ...requires].join('\n')}\n`
}

function nameOf(index: number): string {
  return `service-${String(index).padStart(5, '0')}`
}
