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
export function draftContract({ name, packages }: RepositorySight): string {
  const bins = packages.flatMap(({ bins, description }) => bins.map((bin) => ({ bin, description })))
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
      : ['  commands:', ...bins.map(({ bin, description }) => `    ${bin}: { about: ${quote(description ?? 'Say what it does.')} }`)]),
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
  return id === '' ? 'unnamed' : id
}

function quote(text: string): string {
  return JSON.stringify(text)
}
