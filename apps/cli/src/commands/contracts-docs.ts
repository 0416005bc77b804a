import { hasErrors } from '@sanctum/contracts'
import { matchContracts, renderContractPage } from '@sanctum/repo-contracts'
import { type Answer, type CommandContext, Refused } from '../command.ts'
import { readContracts } from '../contracts/read-contracts.ts'
import { writeTexts } from '../contracts/write-texts.ts'

/** One page for each repository; on stdout, or as files with --out. */
export async function run(context: CommandContext): Promise<Answer> {
  const { ports, options, global } = context
  const { repositories, beside: others, findings } = await readContracts(context)
  // A contract that cannot be read would be missing without a word.
  if (repositories.length === 0 || hasErrors(findings)) throw new Refused(findings)
  const contracts = repositories.map(({ contract }) => contract)
  const beside = others.map(({ contract }) => contract)
  const { links } = matchContracts(contracts, beside)
  const pages = contracts.map((contract) => {
    const { repository } = contract.document
    return { repository, file: `${repository}.md`, text: `# ${repository}\n\n${renderContractPage(contract, links)}` }
  })
  const out = typeof options['out'] === 'string' ? options['out'] : null
  const written = out !== null && !global.dryRun
  if (written)
    await writeTexts(
      ports,
      ports.files.toAbsolute(out),
      pages.map(({ file, text }) => ({ path: file, content: text })),
    )
  return {
    exit: out !== null && !written ? 'pending' : 'ok',
    data: { pages, written },
    findings,
    view: () => (out === null ? pages.map(({ text }) => text.trimEnd()).join('\n\n') : describeFiles(pages, out, written)),
  }
}

function describeFiles(pages: readonly { readonly file: string }[], out: string, written: boolean): string {
  return pages.map(({ file }) => `${written ? 'wrote' : 'would write'} ${out}/${file}`).join('\n')
}
