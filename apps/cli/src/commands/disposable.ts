import { exitCodes } from '@sanctum/contracts'
import { type Answer, type CommandContext, Interrupted, UsageProblem } from '../command.ts'
import { listOwnPorts, type MovedPort, renderMachineLayer } from '../disposable/plan-machine-layer.ts'
import { loadCatalog } from '../haus/load-haus.ts'
import type { DisposableHaus } from '../ports.ts'

/** Makes a haus that nobody misses, runs a command in it, and takes all of it away again. */
export async function run(context: CommandContext): Promise<Answer> {
  const { ports, signal, global, say } = context
  if (context.options['collect'] === true) return collect(context)
  const words = (context.args[0] ?? []) as readonly string[]
  if (words.length === 0) throw new UsageProblem('no command was given', 'Such as sanctumctl disposable -- sanctumctl status.')
  const begun = ports.clock.monotonic()
  const asked = global.catalog ?? ports.program.starterCatalog
  const {
    catalog,
    chosen: { folder },
    findings,
  } = await loadCatalog({ ...context, global: { ...global, catalog: asked } })
  const port = await ports.disposable()
  const own = listOwnPorts(catalog)
  const free = await port.freePorts(own.length)
  const moved = own.map((each, index) => ({ ...each, to: free[index] as number }))
  if (signal.aborted) throw new Interrupted()
  const node = context.options['node']
  const haus = await port.make({
    machineLayer: renderMachineLayer(moved),
    catalog: global.catalog === null ? null : folder,
    node: typeof node === 'string' ? node : null,
  })
  const left: number[] = []
  const answer = await perform().finally(async () => left.push(...(await haus.dispose())))
  if (left.length === 0) say('the haus is gone')
  else say(`the haus is gone, but these processes of it would not end: ${left.join(', ')}`)
  return left.length === 0 || answer.exitCode !== 0 ? answer : { ...answer, exit: 'problems', exitCode: exitCodes.problems.code }

  async function perform(): Promise<Answer> {
    say(`a disposable haus in ${haus.home}`)
    const raised = context.options['up'] === true ? await haus.run(['sanctumctl', 'up'], toOptions(context, 'stderr')) : null
    const ended = raised !== null && raised.code !== 0 ? raised : await haus.run(words, toOptions(context, 'inherit'))
    if (ended.problem !== null && ended.code === NOT_FOUND) throw noProgram(words)
    if (ended.problem !== null) say(`the command could not be started: ${ended.problem}`)
    const data = { command: [...words], code: ended.code, ports: toFirstPorts(moved) }
    return {
      exit: ended.code === 0 ? 'ok' : 'problems',
      exitCode: ended.code,
      data: {
        ...data,
        up: raised === null ? null : raised.code === 0,
        stdout: ended.stdout,
        stderr: `${ended.stderr}${ended.problem ?? ''}`,
        took_ms: Math.round(ports.clock.monotonic() - begun),
      },
      findings,
      view: () => '',
    }
  }
}

/** As a shell says it. */
const NOT_FOUND = 127

function noProgram(words: readonly string[]): UsageProblem {
  const [program] = words
  return new UsageProblem(
    `there is no program ${program} to run in the haus`,
    `After -- comes a program with its arguments. To run a command of Sanctum there: sanctumctl disposable -- sanctumctl ${words.join(' ')}`,
  )
}

/** By service where it is asked: the first of its ports. */
function toFirstPorts(moved: readonly MovedPort[]): Record<string, number> {
  return Object.fromEntries(moved.toReversed().map(({ service, to }) => [service, to]))
}

async function collect({ ports }: CommandContext): Promise<Answer> {
  const collected = await (await ports.disposable()).collect()
  const shown = collected.map((folder) => ports.files.toShown(folder))
  return {
    exit: 'ok',
    data: { command: [], code: 0, ports: {}, up: null, stdout: '', stderr: '', took_ms: 0, collected: [...collected] },
    findings: [],
    view: () => (shown.length === 0 ? 'nothing was left by a run that was killed' : `taken away: ${shown.join(', ')}`),
  }
}

function toOptions({ global, signal }: CommandContext, output: 'inherit' | 'stderr'): Parameters<DisposableHaus['run']>[1] {
  return { output: global.json ? 'capture' : output, signal }
}
