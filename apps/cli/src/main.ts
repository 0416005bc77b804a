import { exitCodes } from '@sanctum/contracts'
import { countColumns } from './node/count-columns.ts'
import { readVersion } from './node/read-version.ts'

const interruption = new AbortController()
const signals = { SIGINT: exitCodes.interrupted.code, SIGTERM: exitCodes.terminated.code, SIGHUP: exitCodes.terminated.code } as const

for (const [name, code] of Object.entries(signals)) {
  process.on(name, () => {
    // A router that serves reads its definition again and ends by itself where a terminal goes away.
    if (name === 'SIGHUP' && process.listenerCount(name) > 1) return
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
// What zod looks for before the first schema is made: a parser compiled for each takes longer than what a command reads with it.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } })
// Who sets both gets a warning of Node on stderr; that there is no colour is decided anyway.
if ((process.env['NO_COLOR'] ?? '') !== '') delete process.env['FORCE_COLOR']

const argv = process.argv.slice(2)
const version = readVersion()
// Loaded no sooner than it is known to be wanted: most of the time of a start is loading.
if (argv.length === 1 && argv[0] === '--version') process.stdout.write(`${version}\n`)
else if (argv[0] === 'complete') await complete()
else await run()

/** For the completion scripts of the shells: before anything that may fail, and nothing is written. */
async function complete(): Promise<void> {
  const { completeWords } = await import('./completion/complete-words.ts')
  process.stdout.write(completeWords(argv.slice(1), process.env))
}

async function run(): Promise<void> {
  const { runCommandLine } = await import('./run-command-line.ts')
  const code = await runCommandLine({
    argv,
    version,
    environment: process.env,
    signal: interruption.signal,
    terminal: {
      stdout: process.stdout.isTTY === true,
      // Asked no sooner than something is said there: its stream is made by that.
      stderr: () => process.stderr.isTTY === true,
      columns: countColumns(process.stdout.columns, process.env['COLUMNS']),
    },
    ask,
    write: { stdout: (text) => process.stdout.write(text), stderr: talk },
    ports: async (request) => {
      const [{ createPorts }, { widenPool }] = await Promise.all([import('./wire.ts'), import('./node/widen-pool.ts')])
      widenPool(process.env)
      return createPorts(request)
    },
    quickPorts: async (request) => (await import('./wire-quick.ts')).createQuickPorts(request),
  })
  if (process.exitCode === undefined) process.exitCode = code
}

/** Talk that nobody hears stops no work. The stream is made no sooner than it is wanted, since that loads sockets where it is a pipe. */
function talk(text: string): void {
  dropWhatIsNotHeard()
  process.stderr.write(text)
}

function dropWhatIsNotHeard(): void {
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => undefined)
}

async function ask(question: string): Promise<boolean | null> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return null
  dropWhatIsNotHeard()
  const { askPerson } = await import('./node/ask-person.ts')
  return askPerson(question, {
    input: process.stdin,
    output: process.stderr,
    signal: interruption.signal,
    interrupt: () => {
      process.exitCode = signals.SIGINT
      interruption.abort('SIGINT')
    },
  })
}
