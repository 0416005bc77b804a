import type { Peer } from './bench-case.ts'

export const cfengine: Peer = { program: 'cf-agent', debian: 'cfengine3', version: ['--version'] }
export const aide: Peer = { program: 'aide', debian: 'aide', version: ['--version'] }
export const ansible: Peer = { program: 'ansible-playbook', debian: 'ansible-core', version: ['--version'] }
export const supervisor: Peer = { program: 'supervisord', debian: 'supervisor', version: ['--version'] }
export const s6: Peer = { program: 's6-svscan', debian: 's6', version: ['-h'] }
export const monit: Peer = { program: 'monit', debian: 'monit', version: ['--version'] }
export const blackbox: Peer = { program: 'prometheus-blackbox-exporter', debian: 'prometheus-blackbox-exporter', version: ['--version'] }
export const haproxy: Peer = { program: 'haproxy', debian: 'haproxy', version: ['-v'] }
