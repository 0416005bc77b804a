import { type HostFacts, hostFacts } from '@sanctum/contracts'
import { type CommandContext, Refused, UsageProblem } from '../command.ts'

/** Saved facts where `--facts` names a file, else those of this machine. */
export async function readFacts({ options, ports }: CommandContext): Promise<HostFacts> {
  const file = options['facts']
  if (typeof file !== 'string') return ports.host.facts()
  const text = await ports.files.readText(ports.files.toAbsolute(file))
  if (text === null) throw new UsageProblem(`there is no file ${file}, which --facts names`, 'Save facts with sanctumctl host facts --json > here.json, then name that file.')
  const parsed = hostFacts.safeParse(toFacts(text))
  if (parsed.success) return parsed.data
  const [first] = parsed.error.issues
  throw new Refused([
    {
      code: 'FACTS_INVALID',
      severity: 'error',
      message: `${file} does not hold saved facts: ${first?.path.join('.') || 'the document'}: ${first?.message ?? 'not readable'}`,
      subject: file,
      fix: { text: 'Save the facts of that machine anew.', command: `sanctumctl host facts --json > ${file}` },
    },
  ])
}

/** The facts themselves, or the answer of `host facts --json` around them; undefined where it is no JSON. */
function toFacts(text: string): unknown {
  try {
    const document: unknown = JSON.parse(text)
    return isAnswer(document) ? document.data.facts : document
  } catch {
    return undefined
  }
}

function isAnswer(document: unknown): document is { data: { facts: unknown } } {
  return typeof document === 'object' && document !== null && 'data' in document && typeof document.data === 'object' && document.data !== null && 'facts' in document.data
}
