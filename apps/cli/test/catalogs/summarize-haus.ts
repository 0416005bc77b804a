import type { Haus, ResolvedService } from '@sanctum/contracts'

/** What an operator wants to see of a resolved haus: what runs in which order, with which words, and what does not run and why. */
export function summarizeHaus(haus: Haus): string {
  const { node, manager, profile, capacity, host } = haus
  return [
    `node ${node.id} (${node.type}, ${node.os}), profile ${profile}, manager ${manager.kind} ${manager.version ?? '-'}`,
    `capabilities ${node.capabilities.join(' ') || '-'}`,
    `capacity pool ${capacity.pool_mb} = ${capacity.ram_physical_mb} - ${capacity.ram_reserved_mb} - ${capacity.ram_safety_mb}`,
    `units ${host.user_units ?? '-'} ${host.system_units ?? '-'}`,
    '',
    '# Paths',
    ...Object.entries(haus.paths).map(([name, path]) => `${name} ${path}`),
    '',
    '# Services, in order',
    ...haus.order.flatMap((id) => describe(haus.services[id] as ResolvedService)),
    '',
    '# Skipped',
    ...Object.entries(haus.skipped).map(([id, { reason, why }]) => `${id}: ${reason}: ${why}`),
    '',
  ].join('\n')
}

function describe(service: ResolvedService): string[] {
  const { id, kind, tier, domain, label, provides, requires, fallback_only: fallbackOnly, schedule, restart, session } = service
  return [
    [id, kind, tier, domain, label, fallbackOnly && 'fallback-only', session && `session:${session}`].filter(Boolean).join(' '),
    ...lines(
      'ports',
      provides
        .map(({ address, port, protocol, security }) => `${address}:${port}/${protocol}${security === 'plain' ? '' : ` ${security}`}`)
        .join(', '),
    ),
    ...lines('requires', requires.map(describeEdge).join(', ')),
    ...lines('runs', service.run?.command.join(' ') ?? service.container?.name),
    ...lines('in', service.run?.cwd),
    ...lines('as', service.run?.user),
    ...lines('secrets', service.run?.secrets.map(({ variable, file, as }) => `${variable}=${as}:${file}`).join(', ')),
    ...lines('waits for', service.waits_for_paths.join(', ')),
    ...lines('schedule', schedule && JSON.stringify(schedule)),
    ...lines(
      'restart',
      service.run &&
        `${restart.when}, ${restart.delay_s} to ${restart.max_delay_s} s, ${restart.limit.starts} in ${restart.limit.window_s} s`,
    ),
    ...lines(
      'probes',
      Object.entries(service.health)
        .map(([purpose, probe]) => `${purpose} ${probe?.type}/${probe?.interval_s}s`)
        .join(', '),
    ),
  ]
}

function describeEdge({ service, strength, running, here }: ResolvedService['requires'][number]): string {
  return [service, strength === 'soft' && 'soft', !running && 'done', !here && 'elsewhere'].filter(Boolean).join(' ')
}

function lines(name: string, value: string | null | undefined): string[] {
  return value ? [`  ${name}: ${value}`] : []
}
