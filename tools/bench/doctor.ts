import { cpSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { BenchCase } from './bench-case.ts'
import { interleave } from './interleave.ts'
import { summarize } from './summarize.ts'
import { requireAnswer, timeProgram } from './time-program.ts'

const BLACK_HOLES = 12
/** The machine of the reference haus that a Debian machine can be. */
const NODE = 'bench'
/** What a look may come to on a haus that was rendered and does not run. */
const LOOKED = [0, 1, 2, 69]

/**
 * The look that a person takes first, on the reference catalog. Then the same while a dozen targets accept the connection and
 * never answer: as slow as one of them, not as all.
 */
export const doctor: BenchCase = {
  id: 'doctor',
  title: 'doctor --quick on manoir',
  guards: ['apps/cli/src/*', 'packages/*/src/*', 'catalogs/manoir/*', 'tools/bench/doctor.ts'],
  async measure({ root, node, cli, folder, rounds }) {
    const well = join(folder, 'well')
    const black = join(folder, 'black')
    for (const path of [well, black]) cpSync(join(root, 'catalogs/manoir'), join(path, 'catalog'), { recursive: true })
    const holes = await Promise.all(Array.from({ length: BLACK_HOLES }, openBlackHole))
    writeFileSync(
      join(black, 'catalog/catalog.d/black-holes.yaml'),
      `services:\n${holes.map(({ port }, index) => renderHole(index, port)).join('')}`,
    )
    const envOf = (path: string) => ({ HOME: path, SANCTUM_CATALOG: join(path, 'catalog'), SANCTUM_NODE: NODE })
    for (const path of [well, black]) timeProgram([node, cli, 'render', '--yes'], { env: envOf(path), codes: LOOKED })
    const quick = [node, cli, 'doctor', '--quick'] as const
    requireAnswer(quick, { command: 'doctor', env: envOf(well) })
    const seen = requireAnswer(quick, { command: 'doctor', env: envOf(black) }).filter(({ subject }) => subject?.startsWith('hole-'))
    if (seen.length < BLACK_HOLES) throw new Error(`doctor saw ${seen.length} of ${BLACK_HOLES} black holes: it did not ask them`)
    const look = (path: string) => ({ run: () => timeProgram(quick, { env: envOf(path), codes: LOOKED }) })
    const measured = interleave({ well: look(well), black: look(black) }, rounds(9))
    for (const { close } of holes) close()
    const command = 'sanctumctl doctor --quick'
    return [
      { what: 'doctor --quick on manoir', command, unit: 'ms', ours: summarize(measured.well), bound: { kind: 'limit', most: 300 } },
      {
        what: `the same with ${BLACK_HOLES} targets that never answer`,
        command,
        unit: 'ms',
        ours: summarize(measured.black),
        bound: { kind: 'limit', most: 1500 },
      },
    ]
  },
}

/** While a measurement blocks this process, the kernel still takes connections for it: they are open, and stay silent. */
async function openBlackHole(): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer((socket) => socket.on('error', () => undefined).unref())
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  server.unref()
  return { port: (server.address() as { port: number }).port, close: () => server.close() }
}

function renderHole(index: number, port: number): string {
  return `  hole-${index}:
    title: Black hole ${index}
    kind: external
    tier: optional
    provides:
      - { port: ${port}, name: api, port_lore: Whichever was free. }
    health:
      liveness: { type: http, path: /health }
`
}
