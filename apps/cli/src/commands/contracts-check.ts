import { type Finding, sortFindings } from '@sanctum/contracts'
import { lintContract, matchContracts } from '@sanctum/repo-contracts'
import type { Answer, CommandContext } from '../command.ts'
import { auditRepositories } from '../contracts/audit-repositories.ts'
import { checkLive } from '../contracts/check-live.ts'
import { readContracts } from '../contracts/read-contracts.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { renderContractsCheck } from '../views/contracts.ts'

/** What repositories expect of each other and do not get; with --live also of this machine and its roles. */
export async function run(context: CommandContext): Promise<Answer> {
  const { repositories, beside: others, findings: unread } = await readContracts(context)
  const contracts = repositories.map(({ contract }) => contract)
  const beside = others.map(({ contract }) => contract)
  const { links, findings: unmatched } = matchContracts(contracts, beside)
  const audit = await auditRepositories(context.ports, repositories)
  const live = context.options['live'] === true ? await checkLive(context, contracts, beside) : null
  const findings: readonly Finding[] = sortFindings([
    ...unread,
    ...contracts.flatMap(lintContract),
    ...unmatched,
    ...audit.findings,
    ...(live?.findings ?? []),
  ])
  const data = {
    contracts: contracts.map(({ file, document: { repository, owner, version } }) => ({ repository, file, owner, version })),
    links: links.map(({ consumer, provider, state, expectation: { kind, name, owner } }) => ({
      consumer,
      provider,
      kind,
      name,
      owner,
      state,
    })),
    audited: audit.files,
    ...(live === null ? {} : { live: { asked: live.asked, replayed: live.replayed } }),
  }
  return { exit: exitOfFindings(findings), data, findings, view: (style) => renderContractsCheck(data, findings, style) }
}
