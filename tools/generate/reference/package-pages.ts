import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { renderTable } from '../markdown-table.ts'
import { pageHead } from '../page-head.ts'
import { toProse } from '../to-prose.ts'
import { listExports, type PublicExport } from './list-exports.ts'

interface Manifest {
  readonly name: string
  readonly description?: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, unknown>>
}

/** One page for each package that others may import: what it exports, with what its docstrings say. By the name of the page. */
export function renderPackagePages(root: string): Readonly<Record<string, string>> {
  const folders = globSync('packages/*/package.json', { cwd: root }).map(dirname).sort()
  const packages = folders.map((folder) => ({ folder, manifest: readManifest(root, folder) })).filter(({ manifest }) => !manifest.private)
  const pages = packages.map(({ folder, manifest }) => [`${shortName(manifest)}.md`, renderPackage(root, folder, manifest)] as const)
  return { 'index.md': renderIndex(packages.map(({ manifest }) => manifest)), ...Object.fromEntries(pages) }
}

function readManifest(root: string, folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
}

function shortName({ name }: Manifest): string {
  return name.replace('@sanctum/', '')
}

function renderIndex(manifests: readonly Manifest[]): string {
  return [
    ...pageHead({
      title: 'Packages',
      description: 'The packages that Sanctum is made of, and that other repositories may import.',
      source: 'the manifests of packages/',
    }),
    'Each package does one trade and can be used alone. The main entry is pure: no clock, no chance, no effect. What touches the machine is',
    'exported as `/node`. Types and schemas of whatever passes from one to another are in `@sanctum/contracts`.',
    '',
    ...renderTable(
      ['Package', 'What it is for'],
      manifests.map((manifest) => [
        `[\`${manifest.name}\`](/reference/packages/${shortName(manifest)}/)`,
        toProse(manifest.description ?? ''),
      ]),
    ),
    '',
  ].join('\n')
}

function renderPackage(root: string, folder: string, manifest: Manifest): string {
  const sections = Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
    const source = (target as { '@sanctum/source'?: string })['@sanctum/source']
    if (source === undefined) return []
    const exports = listExports(root, join(folder, source)).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    return renderSubpath(manifest.name + subpath.slice(1), exports)
  })
  return [
    ...pageHead({
      title: manifest.name,
      description: manifest.description ?? `What ${manifest.name} exports.`,
      source: `the exports of ${folder}`,
    }),
    `${toProse(manifest.description ?? '')} Its README in \`${folder}\` shows it at work.`,
    '',
    ...sections,
  ].join('\n')
}

function renderSubpath(specifier: string, exports: readonly PublicExport[]): readonly string[] {
  const of = (kind: PublicExport['kind']) => exports.filter((each) => each.kind === kind)
  return [
    `## ${specifier}`,
    '',
    '```ts',
    `import { … } from '${specifier}'`,
    '```',
    '',
    ...of('function').flatMap(({ name, doc, signature }) => [
      `### ${name}`,
      '',
      ...(doc === '' ? [] : [toProse(doc), '']),
      '```ts',
      signature ?? name,
      '```',
      '',
    ]),
    ...renderNames('Values', of('value')),
    ...renderNames('Types', of('type')),
  ]
}

function renderNames(title: string, exports: readonly PublicExport[]): readonly string[] {
  if (exports.length === 0) return []
  return [
    `**${title}**`,
    '',
    ...renderTable(
      ['Name', 'Meaning'],
      exports.map(({ name, doc }) => [`\`${name}\``, toProse(doc)]),
    ),
    '',
  ]
}
