import { compareText, countWords } from '@sanctum/contracts'
import { describePiece } from './list-pieces.ts'
import type { Link } from './match-contracts.ts'
import type { RepoContract } from './repo-contract.ts'

/** Who relies on whom, as plain data. */
export interface ContractGraph {
  readonly repositories: readonly { readonly id: string; readonly owner: string | null; readonly read: boolean }[]
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly pieces: readonly { readonly piece: string; readonly state: Link['state'] }[]
  }[]
}

/** Repositories that others rely on and that were not read are in it, marked so. */
export function contractGraph(contracts: readonly RepoContract[], links: readonly Link[]): ContractGraph {
  const owners = new Map(contracts.map(({ document }) => [document.repository, document.owner]))
  const between = links.flatMap((link) => (link.provider === null ? [] : [{ ...link, to: link.provider }]))
  const ids = [...new Set([...owners.keys(), ...between.map(({ to }) => to)])].sort(compareText)
  const edges = Map.groupBy(between, ({ consumer, to }) => JSON.stringify([consumer, to]))
  return {
    repositories: ids.map((id) => ({ id, owner: owners.get(id) ?? null, read: owners.has(id) })),
    edges: [...edges]
      .sort(([a], [b]) => compareText(a, b))
      .map(([key, group]) => {
        const [from, to] = JSON.parse(key) as [string, string]
        return { from, to, pieces: group.map(({ expectation, state }) => ({ piece: describePiece(expectation), state })) }
      }),
  }
}

export const contractGraphFormats = ['mermaid', 'dot', 'json'] as const
export type ContractGraphFormat = (typeof contractGraphFormats)[number]

/** An arrow leads from who relies to who provides; it is dashed where something of it is not met. */
export function renderContractGraph(graph: ContractGraph, format: ContractGraphFormat): string {
  return formats[format](graph)
}

const formats: Readonly<Record<ContractGraphFormat, (graph: ContractGraph) => string>> = {
  json: (graph) => JSON.stringify(graph, null, 2),
  mermaid: ({ repositories, edges }) => {
    const index = new Map(repositories.map(({ id }, number) => [id, `r${number}`]))
    return [
      'flowchart LR',
      ...repositories.map(({ id, owner, read }) => `  ${index.get(id)}["${id}<br/>${read ? owner : 'not read'}"]`),
      ...edges.map(
        ({ from, to, pieces }) =>
          `  ${index.get(from)} ${isMet(pieces) ? '--' : '-.'}${count(pieces)}${isMet(pieces) ? '-->' : '.->'} ${index.get(to)}`,
      ),
    ].join('\n')
  },
  dot: ({ repositories, edges }) =>
    [
      'digraph contracts {',
      '  rankdir=LR;',
      ...repositories.map(({ id, owner, read }) => `  "${id}" [label="${id}\\n${read ? owner : 'not read'}"];`),
      ...edges.map(
        ({ from, to, pieces }) => `  "${from}" -> "${to}" [label="${count(pieces).trim()}"${isMet(pieces) ? '' : ', style=dashed'}];`,
      ),
      '}',
    ].join('\n'),
}

type Pieces = ContractGraph['edges'][number]['pieces']

function isMet(pieces: Pieces): boolean {
  return pieces.every(({ state }) => state === 'met')
}

function count(pieces: Pieces): string {
  return ` ${countWords(pieces.length, 'piece')} `
}
