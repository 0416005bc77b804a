import type { Haus, HostFacts, HostObservations } from '@sanctum/contracts'
import type { Prerequisite } from '@sanctum/host-resolver'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

/** What is stable about a machine, then what was seen, then what could not be read. */
export function renderFacts(facts: HostFacts, observations: HostObservations | null, style: Style): string {
  const manager = facts.service_manager
  const rows: [string, string][] = [
    ['system', `${facts.os.name} ${facts.os.version}, ${facts.arch}`],
    ['machine', `${facts.cores} cores, ${facts.memory_mb} MB${facts.gpu.metal ? ', Metal' : ''}`],
    ['user', `${facts.user.name}, ${facts.user.home}`],
    ['services', `${manager.kind}${manager.version === null ? '' : ` ${manager.version}`}`],
    [
      'containers',
      facts.container_runtime === null ? 'none' : `${facts.container_runtime.kind} ${facts.container_runtime.version ?? ''}`.trim(),
    ],
    ['node id', facts.node_id ?? 'none yet'],
    [
      'tools',
      Object.entries(facts.tools)
        .flatMap(([name, found]) => (found ? [`${name} ${found.version ?? ''}`.trim()] : []))
        .join(', '),
    ],
  ]
  return [
    ...rows.map(([name, value]) => `${style.strong(name.padEnd(11))} ${value}`),
    ...(observations ? ['', ...renderObservations(observations, style)] : []),
    ...[...facts.unread, ...(observations?.unread ?? [])].map(({ what, why }) => style.caution(`could not read ${what}: ${why}`)),
  ].join('\n')
}

function renderObservations({ listeners, model_servers }: HostObservations, style: Style): string[] {
  const rows = listeners.map(({ protocol, address, port, pid, program }) => [
    `${protocol} ${address}:${port}`,
    pid === null ? '–' : String(pid),
    program ?? '–',
  ])
  return [
    renderTable(['LISTENS ON', 'PID', 'PROGRAM'], rows, style.columns),
    ...model_servers.map(({ kind, port, models }) => `model server ${kind} on ${port}: ${models.join(', ') || 'no model loaded'}`),
  ]
}

/** Which services run here in which order, and which do not and why. */
export function renderProfile(haus: Haus, style: Style): string {
  const rows = haus.order.map((id) => {
    const service = haus.services[id]
    const ports = service?.provides.map(({ port }) => port).join(' ') || '–'
    return [id, service?.kind ?? '', service?.tier ?? '', ports, service?.run?.command.join(' ') ?? service?.title ?? '']
  })
  return [
    `${style.strong(haus.instance.name)}  node ${haus.node.id} (${haus.node.type}) · profile ${haus.profile} · ${haus.manager.kind}`,
    style.faint(`capabilities ${haus.node.capabilities.join(', ') || 'none'} · memory pool ${haus.capacity.pool_mb} MB`),
    '',
    renderTable(['SERVICE', 'KIND', 'TIER', 'PORT', 'RUNS'], rows, style.columns),
    ...(Object.keys(haus.skipped).length > 0
      ? ['', ...Object.entries(haus.skipped).map(([id, { why }]) => style.faint(`not here: ${id}  ${why}`))]
      : []),
  ].join('\n')
}

/** What is needed, what was found, and how to install the rest. */
export function renderPrerequisites(prerequisites: readonly Prerequisite[], style: Style): string {
  const marks = { found: style.good('✓'), missing: style.bad('✗'), 'too-old': style.bad('✗'), 'not-needed': style.faint('–') } as const
  return prerequisites
    .map(({ what, state, found, neededBy, install, page }) =>
      [
        `${marks[state]} ${what}  ${style.faint(found ?? state)}${neededBy.length > 0 ? style.faint(`  for ${neededBy.join(', ')}`) : ''}`,
        ...(isLacking(state) && install !== null ? [`    ${style.faint('run')}  ${install}`] : []),
        ...(isLacking(state) && page !== undefined ? [`    ${style.faint('see')}  ${page}`] : []),
      ].join('\n'),
    )
    .join('\n')
}

function isLacking(state: Prerequisite['state']): boolean {
  return state === 'missing' || state === 'too-old'
}
