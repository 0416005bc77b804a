import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { type Shell, shellScripts, shells } from '../completion/shell-scripts.ts'

/** The script that a shell sources; it holds no names of this machine, which are asked for at each Tab. */
export async function run({ args }: CommandContext): Promise<Answer> {
  const [asked] = args as [string]
  if (!shells.includes(asked as Shell)) throw new UsageProblem(`there is no completion for ${asked}`, `Use one of ${shells.join(', ')}.`)
  const script = shellScripts[asked as Shell]
  return { exit: 'ok', data: { shell: asked, script }, findings: [], view: () => script.trimEnd() }
}
