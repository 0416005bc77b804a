import { hasErrors } from '@sanctum/contracts'
import { type ContractGraphFormat, contractGraph, contractGraphFormats, matchContracts, renderContractGraph } from '@sanctum/repo-contracts'
import { type Answer, type CommandContext, Refused, UsageProblem } from '../command.ts'
import { readContracts } from '../contracts/read-contracts.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const format = (context.options['format'] ?? 'mermaid') as ContractGraphFormat
  if (!contractGraphFormats.includes(format))
    throw new UsageProblem(`--format ${format} is not known`, `Use one of ${contractGraphFormats.join(', ')}.`)
  const { repositories, beside: others, findings } = await readContracts(context)
  // A contract that cannot be read would be missing without a word.
  if (repositories.length === 0 || hasErrors(findings)) throw new Refused(findings)
  const contracts = repositories.map(({ contract }) => contract)
  const beside = others.map(({ contract }) => contract)
  const { links } = matchContracts(contracts, beside)
  // Of those that nobody asked for, only who is relied on.
  const relied = beside.filter(({ document }) => links.some(({ provider }) => provider === document.repository))
  const graph = contractGraph([...contracts, ...relied], links)
  return { exit: 'ok', data: { graph }, findings, view: () => renderContractGraph(graph, format) }
}
