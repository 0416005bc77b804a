import { type Answer, type CommandContext, Interrupted } from '../command.ts'
import { listOwnPorts, renderMachineLayer } from '../disposable/plan-machine-layer.ts'
import { loadCatalog } from '../haus/load-haus.ts'
import type { DisposableHaus } from '../ports.ts'

/** Makes a haus that nobody misses, runs a command in it, and takes all of it away again. */
export async function run(context: CommandContext): Promise<Answer> {
  const { ports, signal, global, say } = context
  const words = context.args[0] as readonly string[]
  const begun = ports.clock.monotonic()
  const asked = global.catalog ?? ports.program.starterCatalog
  const { catalog, folder, findings } = await loadCatalog({ ...context, global: { ...global, catalog: asked } })
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
  try {
    say(`a disposable haus in ${haus.home}`)
    const raised = context.options['up'] === true ? await haus.run(['sanctumctl', 'up'], toOptions(context, 'stderr')) : null
    const ended = raised !== null && raised.code !== 0 ? raised : await haus.run(words, toOptions(context, 'inherit'))
    if (ended.problem !== null) say(`the command could not be started: ${ended.problem}`)
    const data = { command: [...words], code: ended.code, ports: Object.fromEntries(moved.map(({ service, to }) => [service, to])) }
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
  } finally {
    await haus.dispose()
    say('the haus is gone')
  }
}

function toOptions({ global, signal }: CommandContext, output: 'inherit' | 'stderr'): Parameters<DisposableHaus['run']>[1] {
  return { output: global.json ? 'capture' : output, signal }
}
