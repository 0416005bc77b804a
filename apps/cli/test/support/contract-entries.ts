import { join } from 'node:path'
import type { exitCodes } from '@sanctum/contracts'
import { repository } from './test-haus.ts'

type Exit = keyof typeof exitCodes

/** How a command is called in a haus that runs, and what it comes to where it is called. */
export interface ContractEntry {
  readonly args?: readonly string[]
  readonly exit: Exit
  /** Of the deed where the home may only be read; as ever by default, which is right where there is nothing to write. */
  readonly readOnly?: Exit
  /** Without HOME, where the account's own home folder makes another machine of it; as ever by default. */
  readonly homeless?: Exit
  /** Where HOME names a folder that is not there; as ever by default. */
  readonly bare?: Exit
  /** Words that do the work for good; the Ctrl+C at the three moments meets them. As above by default. */
  readonly deed?: { readonly args: readonly string[]; readonly exit: Exit }
  /** Ends by Ctrl+C only. */
  readonly endless?: readonly string[]
}

const folder = join(repository, 'catalogs/starter')
const neighbour = join(repository, 'catalogs/neighbours/council-router')

/** Every command of the table. One without an entry fails the test. */
export const contractEntries: Readonly<Record<string, ContractEntry>> = {
  up: { exit: 'ok', homeless: 'pending', bare: 'pending', args: ['--dry-run'], deed: { args: [], exit: 'ok' } },
  down: { readOnly: 'cannotWrite', args: ['--dry-run'], exit: 'pending', bare: 'ok', deed: { args: [], exit: 'ok' } },
  status: { exit: 'ok', bare: 'problems' },
  restart: {
    readOnly: 'cannotWrite',
    args: ['dashboard', '--dry-run'],
    exit: 'pending',
    bare: 'problems',
    deed: { args: ['dashboard'], exit: 'ok' },
  },
  logs: { args: ['dashboard', '-n', '3'], exit: 'ok', endless: ['dashboard', '-f'] },
  doctor: { args: ['--quick'], exit: 'ok', homeless: 'pending', bare: 'problems' },
  verify: { args: ['--dry-run'], exit: 'ok' },
  drift: { exit: 'ok', bare: 'problems' },
  render: { args: ['--check'], exit: 'ok', homeless: 'pending', bare: 'pending', deed: { args: [], exit: 'ok' } },
  events: { args: ['--limit', '3'], exit: 'ok', endless: ['--follow'] },
  incidents: { exit: 'ok' },
  acknowledge: { args: ['nobody-20261127t091500z', '--reason', 'known'], exit: 'usage' },
  'quarantine end': { args: ['dashboard'], exit: 'ok' },
  'lease open': {
    readOnly: 'cannotWrite',
    args: ['dashboard', '--reason', 'a test', '--for', '5s', '--dry-run'],
    exit: 'pending',
    deed: { args: ['dashboard', '--reason', 'a test', '--for', '5s'], exit: 'ok' },
  },
  'lease list': { exit: 'ok' },
  'lease close': { args: ['lease-20261127t091500z'], exit: 'usage' },
  // For good it would have the watchdog run checks beside every other cell; its own tests do that.
  'stability start': { args: ['--dry-run'], exit: 'pending', homeless: 'problems', bare: 'problems' },
  'stability status': { exit: 'ok' },
  'stability check': { exit: 'problems' },
  'stability abort': { exit: 'ok' },
  'generations list': { exit: 'ok' },
  'generations diff': { args: ['1', '2'], exit: 'pending', bare: 'usage' },
  'generations pin': {
    readOnly: 'cannotWrite',
    args: ['1', '--dry-run'],
    exit: 'pending',
    bare: 'problems',
    deed: { args: ['1'], exit: 'ok' },
  },
  // Another than the pinned one, so that it has nothing to write.
  'generations unpin': {
    args: ['2', '--dry-run'],
    exit: 'ok',
    bare: 'problems',
    deed: { args: ['2'], exit: 'ok' },
  },
  // Where it is there is nothing to fetch and nothing to do; its own tests go somewhere else.
  upgrade: { args: ['--plan', '--to', 'HEAD'], exit: 'ok' },
  history: { exit: 'ok' },
  rollback: { readOnly: 'cannotWrite', args: ['--dry-run'], exit: 'pending', bare: 'problems', deed: { args: [], exit: 'ok' } },
  revert: { exit: 'ok' },
  // For good it would take the haus from under the others; its own tests do that.
  uninstall: { args: ['--dry-run'], exit: 'pending', bare: 'ok' },
  bootstrap: { exit: 'ok', homeless: 'pending', bare: 'pending', deed: { args: ['--write'], exit: 'ok' } },
  explain: { args: ['services.dashboard.port'], exit: 'ok' },
  // For good it kills what the others look at; its own test does that.
  'drill heal': { args: ['dashboard', '--dry-run'], exit: 'ok', bare: 'problems' },
  // No router runs in this haus; its own tests have one.
  'drill primary-loss': { args: ['--port', '9', '--dry-run'], exit: 'unavailable' },
  release: { args: ['--version', 'soon'], exit: 'usage' },
  'release trust': { exit: 'ok' },
  'release verify': { args: ['/nowhere/release'], exit: 'usage' },
  disposable: { args: ['sleep', '0.1'], exit: 'ok' },
  'router serve': { args: ['--config', '/nowhere/router.yaml'], exit: 'usage' },
  'router status': { args: ['--port', '9'], exit: 'unavailable' },
  'router drill': { args: ['--fault', 'F02', '--dry-run'], exit: 'ok' },
  'router reload': { args: ['--dry-run'], exit: 'pending' },
  'catalog check': { exit: 'ok' },
  'catalog render': { args: ['--check'], exit: 'ok' },
  'catalog graph': { exit: 'ok' },
  'catalog schema': { args: ['layer'], exit: 'ok' },
  'host facts': { exit: 'ok' },
  'host profile': { exit: 'ok' },
  'host prerequisites': { exit: 'ok' },
  'host audit': { args: [folder], exit: 'ok' },
  // The whole of it takes longer than a cell; its own tests run it.
  'docs check': { args: ['--changed', 'no-such-revision'], exit: 'usage' },
  'contracts init': { args: [neighbour, '--dry-run'], exit: 'usage' },
  'contracts check': { args: [neighbour], exit: 'ok' },
  'contracts graph': { args: [neighbour], exit: 'ok' },
  'contracts docs': { args: [neighbour], exit: 'ok' },
  // Only what would be asked; its own tests ask the roles of a haus.
  'contracts verify': { args: [neighbour, '--against', 'http://127.0.0.1:9', '--dry-run'], exit: 'pending' },
  'contracts can-upgrade': { args: ['--repository', folder, '--to', 'no-such-revision'], exit: 'usage' },
  completion: { args: ['bash'], exit: 'ok' },
  commands: { exit: 'ok' },
}
