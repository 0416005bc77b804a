import { renderTable } from '../markdown-table.ts'
import { pageHead } from '../page-head.ts'
import { toProse } from '../to-prose.ts'
import { keyMeanings } from './key-meanings.ts'
import { listDefaults } from './list-defaults.ts'
import { type Key, listKeys } from './list-keys.ts'
import { documentSections, partSections, type Section } from './sections.ts'

/** Every key of every document that a person writes: its type, what holds without it, and what it means. */
export function renderConfigurationPage(): string {
  const defaults = listDefaults()
  return [
    ...pageHead({
      title: 'Configuration',
      description: 'Every key of every document of a haus: its type, its default and what it means.',
      source: 'the schemas of packages/contracts, and what a service comes to that says nothing',
    }),
    'Documents are YAML. An unknown key is an error with its line and what was probably meant, never ignored. `sanctumctl catalog schema` prints',
    'the same as JSON Schema, and an editor that reads the first line of a document completes its keys.',
    '',
    'Text with placeholders may hold `${host.*}`, `${paths.*}`, `${services.<id>.port}`, `${env:NAME}` and `${secret:name}`. One that cannot be',
    'filled in is an error.',
    '',
    ...[...documentSections, ...partSections].flatMap((section) => renderSection(section, defaults)),
  ].join('\n')
}

function renderSection(section: Section, defaults: ReadonlyMap<string, string>): readonly string[] {
  const keys = listKeys(section)
  const groups = Map.groupBy(keys, ({ option }) => option)
  return [
    `## ${section.title}`,
    '',
    section.intro,
    '',
    ...[...groups].flatMap(([option, of]) => [
      ...(option === null ? [] : [`### ${section.id} ${option}`, '']),
      ...renderTable(
        ['Key', 'Type', 'Default', 'Meaning'],
        of.map((key) => toRow(section, key, defaults)),
      ),
      '',
    ]),
  ]
}

function toRow({ id }: Section, key: Key, defaults: ReadonlyMap<string, string>): readonly string[] {
  const standing = key.isRequired ? 'required' : (defaults.get(`${id}.${key.path}`) ?? '')
  return [`\`${key.path}\``, key.type, standing, toProse(meaningOf(id, key))]
}

/** What the schema says of a key, or else the table beside it. */
export function meaningOf(section: string, { path, described }: Key): string {
  return described ?? keyMeanings[`${section}.${path}`] ?? ''
}
