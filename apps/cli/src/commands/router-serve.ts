import { Fault, type FaultCode, type Finding, faultCodes } from '@sanctum/contracts'
import { parseRouterFile } from '@sanctum/router-failover'
import { type Answer, type CommandContext, Refused, UsageProblem } from '../command.ts'
import type { RouterLine, RouterPort } from '../ports.ts'
import { readPort } from '../router/find-router.ts'
import { renderRouterLine } from '../views/router.ts'

/** Runs the router until Ctrl+C, and says in plain words what it meets. Nothing but one file is needed. */
export async function run(context: CommandContext): Promise<Answer> {
  const config = await readConfig(context)
  const words = toWords(context, config)
  const started = (await context.ports.router()).start(words, context.signal)
  const lines = started.lines[Symbol.asyncIterator]()
  const first = await untilStarted(lines, started.ended, context.signal)
  if (first === null) return { exit: 'ok', data: { source: config ?? '', port: 0 }, findings: [], view: () => '' }
  const { source, port } = first as RouterLine & { readonly source: string; readonly port: number }
  context.say(`the router answers at ${toAddress(context.options, port)} by ${context.ports.files.toShown(source)}; Ctrl+C ends it`)
  return { exit: 'ok', data: { source, port }, findings: [], view: () => '', stream: tell(lines, started, context.signal) }
}

/** Where clients find it: at what it was bound to. */
export function toAddress({ bind, tlsCert }: Readonly<Record<string, unknown>>, port: number): string {
  const host = typeof bind === 'string' ? bind : '127.0.0.1'
  return `${typeof tlsCert === 'string' ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}/v1`
}

/** A file that is wrong is told before anything starts. */
async function readConfig({ options, ports: { files } }: CommandContext): Promise<string | null> {
  if (typeof options['config'] !== 'string') return null
  const path = files.toAbsolute(options['config'])
  const text = await files.readText(path)
  if (text === null)
    throw new UsageProblem(
      `there is no file ${files.toShown(path)}`,
      'Give --config the path of a YAML file; the README shows one of ten lines.',
    )
  const parsed = parseRouterFile(text, files.toShown(path))
  if (parsed.kind === 'invalid') throw new Refused(parsed.findings, 'invalid')
  return path
}

function toWords({ options, ports: { files } }: CommandContext, config: string | null): string[] {
  const port = readPort(options['port'])
  const path = (flag: string, given: unknown) => (typeof given === 'string' ? [flag, files.toAbsolute(given)] : [])
  return [
    ...(config === null ? [] : ['--config', config]),
    ...(port === null ? [] : ['--port', String(port)]),
    ...path('--token-file', options['tokenFile']),
    ...path('--tls-cert', options['tlsCert']),
    ...path('--tls-key', options['tlsKey']),
    ...(typeof options['bind'] === 'string' ? ['--bind', options['bind']] : []),
  ]
}

/** The entry that says where it answers; null where it was ended before. Throws what kept it from starting. */
async function untilStarted(
  lines: AsyncIterator<RouterLine>,
  ended: Promise<number | null>,
  signal: AbortSignal,
): Promise<RouterLine | null> {
  let last: RouterLine | undefined
  for (;;) {
    const { value, done } = await lines.next()
    if (done === true) break
    if (value.event === 'router-started') return value
    if (value.level === 'error') last = value
  }
  const code = await ended
  if (signal.aborted) return null
  throw toProblem(last, code)
}

function toProblem(line: RouterLine | undefined, code: number | null): Error {
  if (line?.event === 'definition-refused') return new Refused(line['findings'] as readonly Finding[], 'invalid')
  const known = line !== undefined && typeof line['code'] === 'string' && Object.hasOwn(faultCodes, line['code'])
  if (known)
    return new Fault(
      line['code'] as FaultCode,
      String(line['error']),
      typeof line['hint'] === 'string' ? { hint: toForeground(line['hint']) } : {},
    )
  return code === 64
    ? new UsageProblem('the router was not told how to run', 'sanctumctl router serve --help shows what it takes.')
    : new Error(`the router ended with ${code ?? 'no code'}: ${String(line?.['error'] ?? 'it said nothing')}`)
}

/** The role speaks of layers of a haus; who serves one file has a flag. */
function toForeground(hint: string): string {
  return hint
    .replace('give the role another port in the machine layer', 'choose another port with --port')
    .replace('Give the role a port above 1023 in the machine layer', 'Choose a port above 1023 with --port')
}

async function* tell(
  lines: AsyncIterator<RouterLine>,
  { ended }: ReturnType<RouterPort['start']>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (;;) {
    const { value, done } = await lines.next()
    if (done === true) break
    const text = renderRouterLine(value)
    if (text !== null) yield text
  }
  const code = await ended
  if (!signal.aborted && code !== 0)
    throw new Fault('UNAVAILABLE', `the router ended by itself, with ${code ?? 'no code'}`, {
      hint: 'Start it again; its last lines say why.',
    })
}
