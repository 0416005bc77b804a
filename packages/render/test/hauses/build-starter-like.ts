import type { Haus, ResolvedService } from '@sanctum/contracts'
import { buildHaus, buildHttpProbe, buildProvision, buildRequirement, buildRun, buildService } from '@sanctum/testkit'

const home = '/home/neo/.sanctum'
const node = '/opt/node/bin/node'
const sanctumd = '/opt/sanctum/sanctumd.js'
const noSandboxHere = {
  sandbox: { reason: 'Not every service manager has a sandbox; it serves one page and listens on loopback.', owner: 'yoda' },
}
const actsOnUnits = { reason: 'It starts and stops every other unit.', owner: 'yoda' }

/** Sanctum's own roles, as the starter catalog has them, for one service manager. */
export function buildStarterLike(manager: Haus['manager'], overrides: Partial<Haus['host']> = {}): Haus {
  const base = buildHaus(roles, { manager, instance: { slug: 'starter', name: 'Starter haus', timezone: 'UTC', domain: null } })
  return {
    ...base,
    host: { ...base.host, user_units: '/home/neo/.config/systemd/user', system_units: '/etc/systemd/system', ...overrides },
    capabilities: {
      prohibited: ['secrets/**'],
      agents: { yoda: { role: 'Keeper of the haus', allowed: ['**'], workspace: '~/.sanctum/agents/yoda' } },
    },
    agentDocuments: { yoda: { 'IDENTITY.md': '# Yoda\n', 'SOUL.md': '---\nname: Yoda\n---\n\nCalm.\n' } },
    merged: { instance: { slug: 'starter', name: 'Starter haus', timezone: 'UTC' }, paths: { logs: `${home}/logs` } },
  }
}

function role(id: string, overrides: Partial<ResolvedService>): ResolvedService {
  return buildService(id, {
    title: id[0]?.toUpperCase() + id.slice(1),
    run: buildRun([node, sanctumd, id, '--home', home], { cwd: home }),
    restart: { when: 'always', delay_s: 1, max_delay_s: 60, limit: { starts: 10, window_s: 600 } },
    ...overrides,
  })
}

const roles: readonly ResolvedService[] = [
  role('watchdog', {
    tier: 'P0',
    provides: [buildProvision(2187)],
    health: { readiness: buildHttpProbe(2187), liveness: buildHttpProbe(2187) },
    sandbox: { level: 'home', writable: [home], network: 'loopback', waiver: actsOnUnits },
  }),
  role('failsafe', {
    tier: 'P0',
    requires: [buildRequirement('watchdog', { strength: 'soft', running: false })],
    sandbox: { level: 'home', writable: [home], network: 'loopback', waiver: actsOnUnits },
  }),
  role('dashboard', {
    provides: [buildProvision(1111)],
    health: { readiness: buildHttpProbe(1111) },
    requires: [buildRequirement('watchdog', { strength: 'soft', running: false })],
    sandbox: { level: 'strict', writable: [`${home}/state`, `${home}/logs`], network: 'loopback', waiver: null },
    waivers: noSandboxHere,
  }),
]
