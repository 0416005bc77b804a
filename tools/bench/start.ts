import type { BenchCase } from './bench-case.ts'
import { interleave } from './interleave.ts'
import { summarize } from './summarize.ts'
import { timeProgram } from './time-program.ts'

/** Starting the program, against Node starting to do nothing: everything above that is what we load. */
export const start: BenchCase = {
  id: 'start',
  title: 'start of the program against the start of its Node',
  guards: ['apps/cli/src', 'tools/build', 'pnpm-lock.yaml'],
  async measure({ node, cli, folder, rounds }) {
    const env = { HOME: folder }
    const time = (...args: string[]) => ({ run: () => timeProgram([node, ...args], { env }) })
    const measured = interleave({ floor: time('-e', '0'), version: time(cli, '--version'), help: time(cli, '--help') }, rounds(40))
    const bound = (most: number) => ({ kind: 'times', most, of: 'node -e 0', theirs: summarize(measured.floor) }) as const
    return [
      { what: '--version', command: 'sanctumctl --version', unit: 'ms', ours: summarize(measured.version), bound: bound(1.5) },
      { what: '--help', command: 'sanctumctl --help', unit: 'ms', ours: summarize(measured.help), bound: bound(2.2) },
    ]
  },
}
