import type { Catalog, Provided } from '@sanctum/contracts'

/** A port of a service that a disposable haus moves. */
export interface MovedPort {
  readonly service: string
  readonly from: number
  readonly to: number
  /** What is provided there, as the catalog has it. */
  readonly provision: Provided
}

/** Services of the catalog that listen on this machine, with all their ports; what others run stays where it is. */
export function listOwnPorts(catalog: Catalog): readonly Omit<MovedPort, 'to'>[] {
  return Object.entries(catalog.services).flatMap(([service, { kind, provides = [] }]) =>
    kind === 'external' || kind === 'network' ? [] : provides.map((provision) => ({ service, from: provision.port, provision })),
  )
}

/** The machine layer of a haus that must not meet the one of its host. */
export function renderMachineLayer(moved: readonly MovedPort[]): string {
  const services = Object.entries(Object.groupBy(moved, ({ service }) => service))
  return [
    '# The machine layer of a disposable haus: ports that nobody else holds.',
    ...(services.length === 0 ? ['services: {}'] : ['services:', ...services.flatMap(([id, ports = []]) => [`  ${id}:`, toLine(ports)])]),
    '',
  ].join('\n')
}

/** A list is replaced whole, so where a service has several ports all of them are said. */
function toLine(ports: readonly MovedPort[]): string {
  const [first, ...others] = ports.map(({ provision, to }) => ({ ...provision, port: to }))
  return others.length === 0 ? `    port: ${first?.port}` : `    provides: ${JSON.stringify([first, ...others])}`
}
