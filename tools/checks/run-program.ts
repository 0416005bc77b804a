import { execa } from 'execa'

/** What a program of the workspace had to say, as lines: none when it ended with 0. */
export async function runProgram(root: string, program: string, args: readonly string[]): Promise<readonly string[]> {
  const { all, exitCode, signal } = await execa(program, args, {
    cwd: root,
    preferLocal: true,
    localDir: import.meta.dirname,
    env: { NO_COLOR: '1', FORCE_COLOR: '0' },
    stdin: 'ignore',
    all: true,
    reject: false,
  })
  if (exitCode === 0) return []
  const lines = all.split('\n').filter((line) => line.trim() !== '' && !stackLine.test(line))
  return lines.length > 0 ? lines : [`${program} ${args.join(' ')} ended with ${exitCode ?? signal ?? 'nothing'} and said nothing`]
}

const stackLine = /^(\S+: *)?\s+at .*:\d+:\d+\)?$/
