import { pieceKinds } from '@sanctum/contracts'
import { type Expectation, listExpectations, listProvisions, nouns, type Provision } from './list-pieces.ts'
import type { Link } from './match-contracts.ts'
import type { RepoContract } from './repo-contract.ts'

/** The interface of one repository as Markdown, without a title: what it provides and to whom, what it expects and of whom. */
export function renderContractPage(contract: RepoContract, links: readonly Link[]): string {
  const { repository, about, version, owner, owners } = contract.document
  const provisions = listProvisions(contract)
  const expectations = listExpectations(contract)
  const users = links.filter(({ provider }) => provider === repository)
  const own = links.filter(({ consumer }) => consumer === repository)
  return [
    `${opening(prose(sentence(about)))} Version ${version}; ${owner} answers for it.`,
    '',
    '## Owners',
    '',
    ...table(
      ['Owner', 'What for'],
      Object.entries(owners).map(([name, { about: what }]) => [name, prose(what)]),
    ),
    '',
    '## Provides',
    '',
    ...(provisions.length === 0 ? ['Nothing.'] : renderProvisions(provisions, users)),
    '',
    '## Expects',
    '',
    ...(expectations.length === 0 ? ['Nothing.'] : renderExpectations(expectations, own)),
    '',
  ].join('\n')
}

function renderProvisions(provisions: readonly Provision[], users: readonly Link[]): string[] {
  return inKinds(provisions, ['Name', 'What it is', 'Detail', 'Owner', 'Relied on by'], (provision) => [
    code(provision.name),
    prose(provision.about),
    detail(provision),
    provision.owner,
    list(
      users
        .filter(({ expectation }) => expectation.kind === provision.kind && expectation.name === provision.name)
        .map(({ consumer }) => consumer),
    ),
  ])
}

function renderExpectations(expectations: readonly Expectation[], own: readonly Link[]): string[] {
  return inKinds(expectations, ['Name', 'What for', 'Of', 'Condition', 'Owner', 'State'], (expectation) => [
    code(expectation.name),
    prose(expectation.about),
    expectation.from ?? 'the machine',
    condition(expectation),
    expectation.owner,
    states[own.find((link) => link.expectation.kind === expectation.kind && link.expectation.name === expectation.name)?.state ?? 'absent'],
  ])
}

const states: Readonly<Record<Link['state'], string>> = {
  met: 'met',
  missing: '**missing**',
  broken: '**broken**',
  absent: 'not known',
  machine: 'asked of each machine',
}

function inKinds<Piece extends Provision | Expectation>(
  pieces: readonly Piece[],
  head: readonly string[],
  row: (piece: Piece) => readonly string[],
): string[] {
  return pieceKinds
    .flatMap((kind) => {
      const some = pieces.filter((piece) => piece.kind === kind)
      return some.length === 0 ? [] : [`### ${titles[kind]}`, '', ...table(head, some.map(row)), '']
    })
    .slice(0, -1)
}

const titles = Object.fromEntries(
  pieceKinds.map((kind) => [
    kind,
    kind === 'environment' ? 'Environment' : `${nouns[kind].charAt(0).toUpperCase()}${nouns[kind].slice(1)}s`,
  ]),
) as Readonly<Record<(typeof pieceKinds)[number], string>>

function detail({ kind, version, port, protocol, service, format, file, endpoint }: Provision): string {
  const parts = [
    kind === 'packages' || kind === 'commands' ? version : '',
    port === undefined ? '' : `${protocol} ${port}`,
    endpoint === undefined ? '' : code(`${endpoint.method} ${endpoint.path}`),
    file === undefined ? '' : code(file),
    format === undefined ? '' : `as ${format}`,
    service === undefined ? '' : `of ${service}`,
  ]
  return parts.filter((part) => part !== '').join(', ') || '–'
}

function condition({ atLeast, range, port, protocol, format, examples, isOptional }: Expectation): string {
  const parts = [
    atLeast === undefined ? '' : `at least ${atLeast}`,
    range === undefined ? '' : code(range),
    port === undefined ? '' : `port ${port}`,
    protocol ?? '',
    format === undefined ? '' : `as ${format}`,
    ...examples.map(({ request, response }) => code(`${request.method ?? 'GET'} ${request.path} → ${response.status}`)),
    isOptional ? 'may be missing' : '',
  ]
  return parts.filter((part) => part !== '').join(', ') || '–'
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

function list(names: readonly string[]): string {
  return [...new Set(names)].join(', ') || '–'
}

/** A code span whose text cannot end it. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = longest > 0 ? ' ' : ''
  return `${fence}${space}${text.replaceAll(/\s+/g, ' ')}${space}${fence}`
}

/** What somebody wrote, as text and nothing more: no markup of it has an effect, in Markdown or in MDX. */
function prose(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]{}<>&]|~(?=.*~)|(?<=~.*)~/g, (sign) => escapes[sign] ?? `\\${sign}`)
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '{': '&#123;', '}': '&#125;' }

/** At the start of a line more has an effect: a sign, a number, and in MDX a word of a module. As a character by its number none has. */
function opening(text: string): string {
  return text.replace(/^(?:[^\p{L}\\&]|[ie](?=(?:m|x)port\b))/u, (sign) => `&#${sign.codePointAt(0)};`)
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
