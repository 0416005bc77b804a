import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { loadHaus } from '../haus/load-haus.ts'
import { requireService } from '../haus/require-service.ts'

const DEFAULT_LINES = 50

export async function run(context: CommandContext): Promise<Answer> {
  const [id] = context.args as [string]
  const count = readCount(context.options['lines'])
  const { haus } = await loadHaus(context)
  const service = requireService(haus, id)
  const { stdout, stderr } = service.logs
  const files = [...new Set([stdout, stderr])]
  const read = await Promise.all(files.map(async (file) => ({ file, tail: await context.ports.files.readLastLines(file, count) })))
  const present = read.filter(({ tail }) => tail !== null)
  if (present.length === 0) {
    const shown = files.map(context.ports.files.toShown).join(' or ')
    throw new UsageProblem(`${id} has written nothing yet: there is no ${shown}`, 'sanctumctl status shows whether it ever ran.')
  }
  const lines = present.flatMap(({ tail }) => tail?.lines ?? [])
  const [main] = present
  const follows = context.options['follow'] === true && main !== undefined
  return {
    exit: 'ok',
    data: { service: id, files: present.map(({ file }) => file), lines },
    findings: [],
    view: () => lines.join('\n'),
    ...(follows ? { stream: context.ports.files.follow(main.file, main.tail?.sizeBytes ?? 0, context.signal) } : {}),
  }
}

function readCount(given: unknown): number {
  if (given === undefined) return DEFAULT_LINES
  const count = Number(given)
  if (!Number.isInteger(count) || count < 1)
    throw new UsageProblem(`--lines ${String(given)} is no number of lines`, 'Write a whole number, such as --lines 100.')
  return count
}
