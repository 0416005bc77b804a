import type { BenchCase } from './bench-case.ts'
import { interleave } from './interleave.ts'
import { renderSmallHaus } from './small-home.ts'
import { summarize } from './summarize.ts'
import { timeProgram } from './time-program.ts'

/** What a press of Tab waits for: slower than this it is felt, and people stop pressing. */
export const completion: BenchCase = {
  id: 'completion',
  title: 'answers to a press of Tab',
  guards: ['apps/cli/src/main.ts', 'apps/cli/src/completion/*', 'apps/cli/src/command-table.ts', 'tools/bench/completion.ts'],
  async measure(bench) {
    const { env } = renderSmallHaus(bench)
    const ask = (...words: string[]) => ({ run: () => timeProgram([bench.node, bench.cli, 'complete', '--', ...words], { env }) })
    const measured = interleave({ command: ask('res'), service: ask('restart', 'service-'), flag: ask('up', '--') }, bench.rounds(20))
    const figure = (what: string, ours: readonly number[], words: string) =>
      ({
        what,
        command: `sanctumctl complete -- ${words}`,
        unit: 'ms',
        ours: summarize(ours),
        bound: { kind: 'limit', most: 120 },
      }) as const
    return [
      figure('completion of a command', measured.command, 'res'),
      figure('completion of a service of 125', measured.service, 'restart service-'),
      figure('completion of a flag', measured.flag, 'up --'),
    ]
  },
}
