import type { HostFacts } from '@sanctum/contracts'
import { parseFacts } from '@sanctum/host-resolver'
import { type CommandContext, Refused, UsageProblem } from '../command.ts'

/** Saved facts where `--facts` names a file, else those of this machine, these programs among its tools. */
export async function readFacts(
  { options, ports }: CommandContext,
  programs: readonly string[],
  asked?: { readonly versions: boolean },
): Promise<HostFacts> {
  const file = options['facts']
  if (typeof file !== 'string') return ports.host.facts(programs, asked)
  const text = await ports.files.readText(ports.files.toAbsolute(file))
  if (text === null)
    throw new UsageProblem(
      `there is no file ${file}, which --facts names`,
      'Save facts with sanctumctl host facts --json > here.json, then name that file.',
    )
  const reading = parseFacts(text, file)
  if (reading.kind === 'invalid') throw new Refused(reading.findings)
  return reading.facts
}
