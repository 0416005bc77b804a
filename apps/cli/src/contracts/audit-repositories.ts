import { type Finding, sortFindings } from '@sanctum/contracts'
import { auditedFiles } from '@sanctum/repo-contracts'
import type { Ports } from '../ports.ts'
import { join, type ReadRepository } from './read-contracts.ts'

/** Paths of one machine in what each repository keeps under version control, but for the parts that its contract leaves out. */
export async function auditRepositories(
  ports: Ports,
  repositories: readonly ReadRepository[],
): Promise<{ readonly findings: readonly Finding[]; readonly files: number }> {
  const { openGit } = await ports.contracts()
  const audits = await Promise.all(
    repositories.map(async ({ folder, shown, contract }) => {
      const listed = await (await openGit(folder))?.list(folder)
      const skips = contract.document.audit?.skip ?? []
      const names = listed && auditedFiles(listed, skips)
      // Outside of git the folder itself is walked, and what the contract leaves out is left out of what is found.
      const found = ((await ports.host.audit(folder, names)) ?? []).filter(
        ({ at, subject }) => auditedFiles([at?.file ?? subject ?? ''], skips).length > 0,
      )
      return { files: names?.length ?? 0, findings: found.map((finding) => atFolder(finding, shown)) }
    }),
  )
  return {
    files: audits.reduce((sum, { files }) => sum + files, 0),
    findings: sortFindings(audits.flatMap(({ findings }) => findings)),
  }
}

function atFolder(finding: Finding, shown: string): Finding {
  if (finding.at === undefined) return finding.subject === undefined ? finding : { ...finding, subject: join(shown, finding.subject) }
  return { ...finding, at: { ...finding.at, file: join(shown, finding.at.file) } }
}
