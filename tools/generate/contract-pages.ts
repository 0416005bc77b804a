import {
  contractGraph,
  matchContracts,
  type RepoContract,
  renderContractGraph,
  renderContractPage,
} from '../../packages/repo-contracts/src/index.ts'
import { readContracts } from '../contracts/read-contracts.ts'
import { stampContract } from './contract-versions.ts'
import { renderTable } from './markdown-table.ts'
import { pageHead } from './page-head.ts'
import { toProse } from './to-prose.ts'

/** The interface of this repository and of each neighbour, and a page that shows who relies on whom. */
export function renderContractPages(root: string, reference: string): Readonly<Record<string, string>> {
  // As the same run writes it: a page of the contract before would be stale as soon as it is written.
  const { contracts } = readContracts(root, Object.values(stampContract(root))[0])
  const { links } = matchContracts(contracts)
  const pages = contracts.map((contract) => {
    const { repository, about } = contract.document
    const head = pageHead({ title: repository, description: about, source: contract.file })
    return [`${reference}contracts/${repository}.md`, [...head, renderContractPage(contract, links)].join('\n')] as const
  })
  return { [`${reference}contracts/index.md`]: renderIndex(contracts, links), ...Object.fromEntries(pages) }
}

function renderIndex(contracts: readonly RepoContract[], links: ReturnType<typeof matchContracts>['links']): string {
  return [
    ...pageHead({
      title: 'Contracts between repositories',
      description: 'What each repository gives the haus, what it relies on, and who answers for each piece.',
      source: 'sanctum.contract.yaml and catalogs/neighbours/',
    }),
    'Each repository says in its `sanctum.contract.yaml` what it provides and what it expects of others, and names an owner for every piece.',
    '`sanctumctl contracts check` holds the contracts against each other; what is missing or broken is told with the owners of both sides.',
    '`sanctumctl contracts verify` asks a running provider once more what a consumer has recorded, and judges the answer by its shape.',
    '`sanctumctl contracts can-upgrade` says no to a revision that a declared consumer has not verified.',
    '',
    ...renderTable(
      ['Repository', 'What it is for', 'Owner'],
      contracts.map(({ document: { repository, about, owner } }) => [
        `[${repository}](/reference/contracts/${repository}/)`,
        toProse(about),
        owner,
      ]),
    ),
    '',
    '```mermaid',
    renderContractGraph(contractGraph(contracts, links), 'mermaid'),
    '```',
    '',
  ].join('\n')
}
