import { createInterface } from 'node:readline/promises'
import { exitCodes } from '@sanctum/contracts'
import { runCommandLine } from './run-command-line.ts'
import { wire } from './wire.ts'

const interruption = new AbortController()
const signals = { SIGINT: exitCodes.interrupted.code, SIGTERM: exitCodes.terminated.code } as const

for (const [name, code] of Object.entries(signals)) {
  process.on(name, () => {
    // The second time the person means it.
    if (interruption.signal.aborted) process.exit(code)
    process.exitCode = code
    interruption.abort(name)
  })
}
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read us has left, as `head` does: nothing is wrong and nobody listens.
  if (error.code === 'EPIPE') process.exit(exitCodes.ok.code)
  process.stderr.write(`✗ WRITE_FAILED  the answer could not be written to stdout: ${error.code ?? error.message}\n`)
  process.exit(exitCodes.cannotWrite.code)
})
// Talk that nobody hears stops no work.
process.stderr.on('error', () => undefined)

const code = await runCommandLine({
  argv: process.argv.slice(2),
  environment: process.env,
  signal: interruption.signal,
  terminal: { stdout: process.stdout.isTTY === true, columns: process.stdout.columns ?? (Number(process.env['COLUMNS']) || 100) },
  ask,
  write: { stdout: (text) => process.stdout.write(text), stderr: (text) => process.stderr.write(text) },
  wire,
})
if (process.exitCode === undefined) process.exitCode = code

async function ask(question: string): Promise<boolean | null> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return null
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal: interruption.signal })).trim())
  } catch {
    return false
  } finally {
    terminal.close()
  }
}
