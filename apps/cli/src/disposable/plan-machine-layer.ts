import type { Catalog } from '@sanctum/contracts'

/** A port of a service that a disposable haus moves. */
export interface MovedPort {
  readonly service: string
  readonly from: number
  readonly to: number
}

/** Services of the catalog that listen on this machine; what others run stays where it is. */
export function listOwnPorts(catalog: Catalog): readonly Omit<MovedPort, 'to'>[] {
  return Object.entries(catalog.services).flatMap(([service, { kind, provides }]) => {
    const port = kind === 'external' || kind === 'network' ? undefined : provides?.[0]?.port
    return port === undefined ? [] : [{ service, from: port }]
  })
}

/** The machine layer of a haus that must not meet the one of its host. */
export function renderMachineLayer(moved: readonly MovedPort[]): string {
  return [
    '# The machine layer of a disposable haus: ports that nobody else holds.',
    ...(moved.length === 0 ? ['services: {}'] : ['services:', ...moved.flatMap(({ service, to }) => [`  ${service}:`, `    port: ${to}`])]),
    '',
  ].join('\n')
}
