import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { countFindings, renderFindings } from '../views/findings.ts'

export async function run({ args, ports }: CommandContext): Promise<Answer> {
  const [folder] = args as [string]
  const findings = await ports.host.audit(ports.files.toAbsolute(folder))
  if (findings === null) throw new UsageProblem(`there is no folder ${folder}`, 'Name the folder whose text is to be read.')
  return {
    exit: exitOfFindings(findings),
    data: { folder },
    findings,
    view: (style) =>
      findings.length === 0
        ? `${style.good('✓')} ${folder}: no path of one machine is written there`
        : `${renderFindings(findings, style)}\n\n${folder}: ${countFindings(findings)}`,
  }
}
