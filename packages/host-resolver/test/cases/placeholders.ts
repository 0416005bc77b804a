import type { LayerDocument, Service } from '@sanctum/contracts'
import { buildCatalog, buildMachine, daemon, haus } from '../build-catalog.ts'
import { findingsOf } from '../resolve.ts'
import type { Case } from './case.ts'

const inArgument = (argument: string, more: Partial<Service> = {}) => () =>
  findingsOf(buildCatalog({ services: { web: daemon({ run: { command: ['/opt/web', argument] }, ...more }), quiet: daemon() } }), {
    variables: { GREETING: 'hello', PLAIN: 'sk-abcdefghijklmnopqrstuv' },
  })
const withPaths = (paths: NonNullable<LayerDocument['paths']>, machine: LayerDocument = {}) => () =>
  findingsOf(buildCatalog({ instance: { ...haus, paths } }), { machine: buildMachine(machine) })

/** Placeholders that come to nothing. */
export const placeholderCases: readonly Case[] = [
  { name: 'a misspelled fact', findings: inArgument('${host.hom}/x'), code: 'PLACEHOLDER_UNRESOLVED', at: 'catalog.yaml:8:9', fix: 'Write ${host.home}' },
  { name: 'a name that every object has', findings: inArgument('${host.constructor}'), code: 'PLACEHOLDER_UNRESOLVED', at: 'catalog.yaml:8:9', fix: 'Use one of' },
  { name: 'a misspelled path', findings: inArgument('${paths.log}'), code: 'PLACEHOLDER_UNRESOLVED', at: 'catalog.yaml:8:9', fix: 'Write ${paths.logs}' },
  { name: 'a misspelled service', findings: inArgument('${services.qiet.port}'), code: 'PLACEHOLDER_UNRESOLVED', at: 'catalog.yaml:8:9', fix: 'Write ${services.quiet.port}' },
  { name: 'the port of a service without one', findings: inArgument('${services.quiet.port}'), code: 'PLACEHOLDER_UNRESOLVED', at: 'catalog.yaml:8:9', fix: 'Give quiet a port' },
  { name: 'a variable of the shell', findings: inArgument('${HOME}/x'), code: 'PLACEHOLDER_UNRESOLVED', at: 'catalog.yaml:8:9', fix: 'Write ${host.home}' },
  { name: 'a path that names one that does not exist', findings: withPaths({ music: '${paths.disk}/music' }), code: 'PLACEHOLDER_UNRESOLVED', at: 'instance.yaml:9:3', fix: 'Use one of' },
  { name: 'a variable that is not set', findings: inArgument('${env:MISSING}'), code: 'PLACEHOLDER_UNSET', at: 'catalog.yaml:8:9', fix: 'Set MISSING' },
  { name: 'a variable that holds a key by its name', findings: inArgument('${env:OPENAI_API_KEY}'), code: 'VARIABLE_HOLDS_SECRET', at: 'catalog.yaml:8:9', fix: 'run.secrets' },
  { name: 'a variable that holds a key by its value', findings: inArgument('${env:PLAIN}'), code: 'VARIABLE_HOLDS_SECRET', at: 'catalog.yaml:8:9', fix: 'run.secrets' },
  { name: 'a secret as an argument', findings: inArgument('--token=${secret:ha-token}'), code: 'SECRET_MISPLACED', at: 'catalog.yaml:8:9', fix: '{ secret: ha-token }' },
  { name: 'a placeholder without its end', findings: inArgument('${host.home/x'), code: 'PLACEHOLDER_UNFINISHED', at: 'catalog.yaml:8:9', fix: 'Close it with }' },
  { name: 'a placeholder in a title', findings: inArgument('x', { title: 'Web of ${host.user}' }), code: 'PLACEHOLDER_IN_LITERAL', at: 'catalog.yaml:9:5', fix: 'Write the value itself' },
  {
    name: 'two paths that mean each other, in two files',
    findings: withPaths({ music: '${paths.disk}/music' }, { paths: { disk: '${paths.music}/..' } }),
    code: 'PLACEHOLDER_CIRCULAR',
    at: '~/.sanctum/instance.yaml:2:3',
    related: ['instance.yaml:9:3', '~/.sanctum/instance.yaml:2:3'],
    fix: 'a value of its own',
  },
  { name: 'a path that means itself', findings: withPaths({ music: '${paths.music}/x' }), code: 'PLACEHOLDER_CIRCULAR', at: 'instance.yaml:9:3', fix: 'a value of its own' },
  { name: 'a path that starts nowhere', findings: withPaths({ music: 'Music/all' }), code: 'PATH_RELATIVE', at: 'instance.yaml:9:3', fix: '${host.home}/Music/all' },
]
