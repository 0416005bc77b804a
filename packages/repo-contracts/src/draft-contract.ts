import { repoContractDocument } from '@sanctum/contracts'

/** What can be seen of a repository without asking anybody. */
export interface RepositorySight {
  /** Of its folder. */
  readonly name: string
  readonly packages: readonly {
    readonly name: string
    readonly version: string
    readonly description: string | null
    readonly bins: readonly string[]
  }[]
}

/**
 * The first contract of a repository: what its manifests say, and in comments what only a person knows. It passes its own check as
 * soon as somebody stands under owners.
 */
export function draftContract(sight: RepositorySight): string {
  const { name } = sight
  // What a contract cannot say so is left to a person: a draft has to pass its own check.
  const packages = sight.packages
    .map((each) => ({ ...each, version: isVersion(each.version) ? each.version : '0.0.0' }))
    .filter((each, index, all) => isPackage(each.name) && all.findIndex(({ name: other }) => other === each.name) === index)
  const bins = sight.packages
    .flatMap(({ bins, description }) => bins.map((bin) => ({ bin, description })))
    .filter(({ bin }, index, all) => isCommand(bin) && all.findIndex((each) => each.bin === bin) === index)
  const version = packages[0]?.version ?? '0.0.0'
  return `${[
    '# What this repository gives the haus, what it relies on, and who answers for it.',
    '# Check it: sanctumctl contracts check .',
    'schema_version: 1',
    `repository: ${toId(name)}`,
    `about: ${quote(packages[0]?.description ?? 'Say in one sentence what this repository is for.')}`,
    `version: ${version}`,
    'owner: operator',
    'owners:',
    '  operator: { about: Say who that is. }',
    '',
    '# By name, so that others write the name and not the number or the path: services, commands, files, ports, events, packages,',
    '# endpoints, paths, environment, secrets.',
    ...(packages.length === 0 && bins.length === 0 ? ['provides: {}'] : ['provides:']),
    ...(bins.length === 0
      ? []
      : [
          '  commands:',
          ...bins.map(({ bin, description }) => `    ${toScalar(bin)}: { about: ${quote(description ?? 'Say what it does.')} }`),
        ]),
    ...(packages.length === 0
      ? []
      : [
          '  packages:',
          ...packages.map(
            (each) => `    ${quote(each.name)}: { version: ${each.version}, about: ${quote(each.description ?? 'Say what it is for.')} }`,
          ),
        ]),
    '',
    '# The same kinds with from: <repository>, and programs with at_least. Endpoints carry recorded examples:',
    '#   endpoints:',
    '#     router-models:',
    '#       from: sanctum',
    '#       about: the names that may be asked for',
    '#       examples:',
    '#         - request: { path: /v1/models }',
    '#           response: { status: 200, body: { data: [{ id: some-model }] } }',
    'expects: {}',
  ].join('\n')}\n`
}

function toId(name: string): string {
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 64)
  return toScalar(id === '' ? 'unnamed' : id)
}

/** A word that YAML would take for something else is text in quotes. */
function toScalar(word: string): string {
  return /^(null|true|false)$/.test(word) ? JSON.stringify(word) : word
}

/** A sentence as a contract takes it. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, 400))
}

function passes(rest: object): boolean {
  const base = { schema_version: 1, repository: 'a', about: 'a', version: '0.0.0', owner: 'a', owners: { a: { about: 'a' } } }
  return repoContractDocument.safeParse({ ...base, ...rest }).success
}

function isVersion(version: string): boolean {
  return passes({ version })
}

function isPackage(name: string): boolean {
  return passes({ provides: { packages: { [name]: { about: 'a', version: '0.0.0' } } } })
}

function isCommand(name: string): boolean {
  return passes({ provides: { commands: { [name]: { about: 'a' } } } })
}
