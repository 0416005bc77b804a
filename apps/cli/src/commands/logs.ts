import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { loadHeldHaus } from '../haus/read-held-haus.ts'
import { requireService } from '../haus/require-service.ts'
import { mergeStreams } from '../output/merge-streams.ts'

const DEFAULT_LINES = 50

export async function run(context: CommandContext): Promise<Answer> {
  const [id] = context.args as [string]
  const { files: disk } = context.ports
  const count = readCount(context.options['lines'])
  const { haus, wanted, findings } = await loadHeldHaus(context)
  const service = requireService(haus, id, wanted)
  if (service.run === null && service.container === null)
    throw new UsageProblem(
      `${id} is not started by Sanctum, so there is nothing that it wrote here`,
      `sanctumctl status shows how ${id} is.`,
    )
  const files = [...new Set([service.logs.stdout, service.logs.stderr])]
  const tails = await Promise.all(files.map(async (file) => ({ file, tail: await disk.readLastLines(file, count) })))
  const lines = tails.flatMap(({ tail }) => tail?.lines ?? [])
  const written = tails.filter(({ tail }) => tail !== null).map(({ file }) => file)
  if (written.length === 0)
    context.say(
      `${id} has written nothing yet: there is no ${files.map(disk.toShown).join(' or ')}; sanctumctl status shows whether it runs`,
    )
  const data = { service: id, files: written }
  if (context.options['follow'] !== true) return { exit: 'ok', data: { ...data, lines }, findings, view: () => lines.join('\n') }
  const added = tails.map(({ file, tail }) => disk.follow(file, tail?.sizeBytes ?? 0, context.signal))
  return { exit: 'ok', data, findings, view: () => '', stream: mergeStreams([fromLines(lines), ...added]) }
}

async function* fromLines(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

function readCount(given: unknown): number {
  if (given === undefined) return DEFAULT_LINES
  const text = String(given)
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageProblem(`--lines ${text} is no number of lines`, 'Write a whole number, such as --lines 100.')
}
