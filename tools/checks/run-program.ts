import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** What a program of the workspace had to say, as lines: none when it ended with 0. */
export async function runProgram(root: string, program: string, args: readonly string[]): Promise<readonly string[]> {
  const { code, output } = await ended(root, program, args)
  if (code === 0) return []
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !stackLine.test(line))
  return lines.length > 0 ? lines : [`${program} ${args.join(' ')} ended with ${code} and said nothing`]
}

const stackLine = /^(\S+: *)?\s+at .*:\d+:\d+\)?$/

function ended(root: string, program: string, args: readonly string[]): Promise<{ code: number | string | null; output: string }> {
  const bin = join(import.meta.dirname, '../../node_modules/.bin')
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: '1', FORCE_COLOR: '0' }
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', reject).on('close', (code, signal) => resolve({ code: code ?? signal, output }))
  })
}
