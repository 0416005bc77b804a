import { join } from 'node:path'
import type { BenchCase } from './bench-case.ts'
import { interleave } from './interleave.ts'
import { summarize } from './summarize.ts'
import { timeProgram } from './time-program.ts'

/** What the launcher of a checkout adds to a warm start, round by round, so that a slow minute counts for neither. */
export const launcher: BenchCase = {
  id: 'launcher',
  title: 'launcher of a checkout over the program itself',
  guards: ['tools/sanctumctl'],
  async measure({ root, node, cli, folder, rounds }) {
    const env = { HOME: folder }
    const measured = interleave(
      {
        launcher: { run: () => timeProgram([join(root, 'tools/sanctumctl'), '--version'], { env }) },
        straight: { run: () => timeProgram([node, cli, '--version'], { env }) },
      },
      rounds(30),
    )
    const added = measured.launcher.map((ms, round) => ms - (measured.straight[round] as number))
    return [
      {
        what: 'launcher, added to a warm start',
        command: 'tools/sanctumctl --version',
        unit: 'ms',
        ours: summarize(added),
        bound: { kind: 'limit', most: 15 },
      },
    ]
  },
}
