import { type Finding, findPortClashes, layerNames, type Origin, type PortClaim, type ResolvedService } from '@sanctum/contracts'
import { type HostCode, hostFinding, placeOf, relatedPlaces } from './host-finding.ts'
import type { MergedHost } from './merged-host.ts'

/** Two services of this machine on one port. The catalog's own layers were asked by its lint; what a machine adds is asked here. */
export function judgePorts(services: Iterable<ResolvedService>, host: MergedHost): Finding[] {
  return findPortClashes(listClaims(services)).map(({ first, second }) => toClash(first, second, host))
}

interface Claim extends PortClaim {
  readonly id: string
  readonly index: number
}

function* listClaims(services: Iterable<ResolvedService>): Iterable<Claim> {
  for (const { id, provides } of services)
    for (const [index, { port, protocol, address }] of provides.entries()) yield { id, index, port, protocol, address }
}

const codes: Readonly<Record<string, HostCode>> = {
  machine: 'MACHINE_VALUE_INVALID',
  environment: 'VARIABLE_INVALID',
  flag: 'SETTING_INVALID',
}

/** At the place of the higher layer: that is the one which was changed on this machine. */
function toClash(a: Claim, b: Claim, { services }: MergedHost): Finding {
  const originOf = ({ id, index }: Claim) => services.get(id)?.originOf(['provides', String(index), 'port']) as Origin
  const rank = (claim: Claim) => layerNames.findIndex((layer) => layer === originOf(claim).layer)
  const [first, last] = rank(a) > rank(b) ? [b, a] : [a, b]
  const at = originOf(last)
  const who = first.id === last.id ? `${last.id} has` : `${last.id} and ${first.id} both have`
  return hostFinding(
    codes[at.layer] ?? 'OVERLAY_VALUE_INVALID',
    `${who} ${last.protocol.toUpperCase()} port ${last.port} on this machine${first.id === last.id ? ' twice' : ', and only one of them could start'}`,
    {
      ...placeOf(at),
      ...relatedPlaces([{ origin: originOf(first), message: `${first.id} has it from here.` }]),
      fix: { text: `Give ${last.id} another port in ${at.source}, or ${first.id}.` },
    },
  )
}
