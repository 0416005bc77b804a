import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { exitCodes } from '@sanctum/contracts'
import { createRandom } from '@sanctum/testkit'
import { freePorts, recordProof } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commandExits } from '../src/command-exits.ts'
import { commandTable } from '../src/command-table.ts'
import { type ContractEntry, contractEntries } from './support/contract-entries.ts'
import { judgeDocument } from './support/judge-document.ts'
import { CTRL_C, startAtTerminal, type TerminalEnd } from './support/start-at-terminal.ts'
import { startProgram } from './support/start-program.ts'
import { createTestHaus, type Run, repository, type TestHaus } from './support/test-haus.ts'

/** No command may hang over 5 s: twice that here, and on a busy machine, where time means less, as many starts of Node. */
const LONGEST_MS = Math.max(10_000, 200 * timeStart())

const program = join(repository, 'apps/cli/dist/sanctumctl.js')
const codes = Object.fromEntries(Object.entries(exitCodes).map(([name, { code }]) => [name, code])) as Record<string, number>
const known = new Set<number | null>(Object.values(codes))
const seed = Number(process.env['SANCTUM_TEST_SEED'] ?? Date.now() % 1e9)
const random = createRandom(seed)

/**
 * Those in which a command runs to its end, and those in which it meets Ctrl+C: both kinds of test go on at the same time. Two of each, so
 * that two cells of a kind run at a time and no two writers meet.
 */
const lanes: { readonly calm: TestHaus[]; readonly struck: TestHaus[] } = { calm: [], struck: [] }
const all = () => [...lanes.calm, ...lanes.struck]
let scratch = ''
let cells = 0
let failures = 0

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sanctum-contract-'))
  for (const kind of [lanes.calm, lanes.struck]) kind.push(await createTestHaus(), await createTestHaus())
  await Promise.all(
    all().map(async (haus) => {
      await haus.run('up')
      const [port] = await freePorts(1)
      await haus.run('up', '--set', `services.dashboard.port=${port}`)
      expect((await haus.run('up')).code).toBe(0)
    }),
  )
})
afterAll(async () => {
  console.info(
    `${cells} cells of ${commandTable.length} commands, ${interruptions.hit} of ${interruptions.tried} Ctrl+C met work; seed ${seed}`,
  )
  recordProof({
    programme: 'command-contract',
    seed,
    counts: { commands: commandTable.length, cells, interrupted: interruptions.hit },
    failures,
    guards: ['apps/cli/src', 'apps/cli/test/command-contract.real.test.ts', 'apps/cli/test/support', 'packages/contracts/src'],
  })
  await Promise.all(all().map((haus) => haus.dispose()))
  await rm(scratch, { recursive: true, force: true })
})

test('every command of the table has an entry', () => {
  expect(Object.keys(contractEntries).sort()).toEqual(commandTable.map(({ path }) => path.join(' ')).sort())
})

/** An idle machine takes about 40 ms. */
function timeStart(): number {
  const begin = performance.now()
  execFileSync(process.execPath, ['-e', '0'])
  return Math.ceil(performance.now() - begin)
}

interface Cell {
  readonly name: string
  readonly exit: (entry: ContractEntry) => keyof typeof exitCodes
  /** Called with the words that do the work for good. */
  readonly isDeed?: boolean
  run(line: readonly string[], haus: TestHaus): Promise<{ readonly code: number | null; readonly problems: readonly string[] }>
}

const usual = ({ exit }: ContractEntry) => exit

/** How a command may be called. Each is judged by what it must show beside its exit. */
const surroundings: readonly Cell[] = [
  { name: 'pipe', exit: usual, run: (line, haus) => piped(line, haus, {}) },
  { name: 'CI', exit: usual, run: (line, haus) => piped(line, haus, { CI: 'true' }) },
  { name: 'NO_COLOR', exit: usual, run: (line, haus) => piped(line, haus, { NO_COLOR: '1', FORCE_COLOR: '1' }) },
  {
    name: '--json',
    exit: usual,
    run: async (line, haus) => judgeJson(await startProgram([...line, '--json'], { env: haus.env, timeoutMs: LONGEST_MS }).ended),
  },
  {
    name: 'closed stdin',
    exit: usual,
    run: async (line, haus) => judgeText(await startProgram(line, { env: haus.env, closesStdin: true, timeoutMs: LONGEST_MS }).ended),
  },
  {
    name: 'closed stdout',
    // Whoever read it has left, as `head` does; nothing is wrong and nothing is said. A wrong command line, and what is not there, is told on the other stream.
    exit: ({ exit }) => (exit === 'usage' || exit === 'unavailable' ? exit : 'ok'),
    run: async (line, haus) => {
      const started = startProgram(line, { env: haus.env, timeoutMs: LONGEST_MS })
      started.child.stdout?.destroy()
      const run = await started.ended
      return { code: run.code, problems: judgeText({ ...run, stdout: '-' }).problems }
    },
  },
  {
    name: 'terminal',
    exit: usual,
    run: async (line, haus) => judgeTerminal(await atTerminal(line, haus).ended),
  },
  {
    name: '40 columns',
    exit: usual,
    run: async (line, haus) => judgeTerminal(await atTerminal(line, haus, 40).ended),
  },
  {
    name: 'read-only HOME',
    // What finds nothing to do needs to write nothing.
    exit: ({ exit, deed, readOnly }) => readOnly ?? deed?.exit ?? exit,
    isDeed: true,
    run: async (line, haus) => judgeJson(await runReadOnly([...line, '--json'], haus)),
  },
  {
    name: 'no HOME',
    exit: ({ exit, homeless }) => homeless ?? exit,
    run: (line, haus) => piped(line, haus, { HOME: undefined, SANCTUM_HOME: haus.sanctumHome }),
  },
  {
    name: 'missing HOME',
    exit: ({ exit, bare }) => bare ?? exit,
    run: async (line, haus) => {
      const env = { ...haus.env, ...(await ownPorts()), HOME: join(scratch, 'nowhere') }
      const result = await startProgram([...line, '--json'], { env, timeoutMs: LONGEST_MS }).ended
      const made = await readdir(scratch)
      const { code, problems } = judgeJson(result)
      return { code, problems: [...problems, ...made.map((name) => `it made ${name}`)] }
    },
  },
]

const commands = commandTable.map(({ path }) => path.join(' '))
const entryOf = (command: string): ContractEntry => contractEntries[command] ?? { exit: 'ok' }

describe(`in ${surroundings.length} surroundings`, { concurrent: true }, () => {
  test.each(commands)('%s', { concurrent: false }, async (command) => {
    const entry = entryOf(command)
    const queue = [...surroundings]
    const seen: Record<string, unknown> = {}
    const wanted: Record<string, unknown> = {}
    await Promise.all(
      lanes.calm.map(async (haus) => {
        for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
          const args = (cell.isDeed ? entry.deed?.args : undefined) ?? entry.args ?? []
          const run = await cell.run([...command.split(' '), ...args], haus)
          const { code } = run
          const problems = [...run.problems, ...judgeOwnCode(command, code)]
          cells++
          if (code !== codes[cell.exit(entry)] || problems.length > 0) failures++
          seen[cell.name] = { code, problems }
          wanted[cell.name] = { code: codes[cell.exit(entry)], problems: [] }
        }
      }),
    )
    expect(seen).toEqual(wanted)
  })
})

describe('Ctrl+C at the start, in the middle and while it writes', { concurrent: true }, () => {
  test.each(commands)('%s', { concurrent: false }, async (command) => {
    const entry = entryOf(command)
    const words = command.split(' ')
    const deed = entry.deed ?? { args: entry.args ?? [], exit: entry.exit }
    const line = [...words, ...(entry.endless ?? deed.args)]
    const judged = await Promise.all(
      moments.map(async ({ name, wait }, index) => {
        const haus = lanes.struck[index % lanes.struck.length] as TestHaus
        // Two moments share a haus; the second one comes when the first is done.
        return { name, ...(await inTurn(haus, () => interrupt(line, haus, wait))) }
      }),
    )
    for (const { name, code, problems } of judged) {
      cells++
      interruptions.tried++
      if (code === codes['interrupted']) interruptions.hit++
      // What was done before the keys came is done.
      const expected = entry.endless ? [codes['interrupted']] : [codes['interrupted'], codes[deed.exit]]
      if (!expected.includes(code ?? -1) || problems.length > 0) failures++
      expect([name, problems, expected.includes(code ?? -1) ? 'as expected' : code]).toEqual([name, [], 'as expected'])
    }
    if (entry.endless) return
    const next = await Promise.all(lanes.struck.map((haus) => runOnceFree(haus, [...words, ...deed.args])))
    const ended = [codes[deed.exit], '']
    expect(next.map(({ code, stderr }) => [code, code === codes[deed.exit] ? '' : stderr])).toEqual(lanes.struck.map(() => ended))
    if (commandTable.find(({ path }) => path.join(' ') === command)?.writes) await restore()
  })
})

test('after all of it each haus is whole, and most of the Ctrl+C met work', async () => {
  expect(interruptions.hit).toBeGreaterThan(interruptions.tried / 2)
  for (const haus of all()) {
    expect((await haus.run('doctor', '--quick')).code).toBe(0)
    const names = await readdir(haus.sanctumHome, { recursive: true })
    expect(names.filter((name) => /sanctum-new|staging|\.tmp$/.test(name))).toEqual([])
  }
})

describe('planted', () => {
  test('a document that says more or less than the schema is found', () => {
    const fine = {
      schema_version: 1,
      command: 'down',
      ok: true,
      data: { stopped: [], written: true, findings: [] },
      warnings: [],
      errors: [],
    }
    expect(judgeDocument(fine)).toEqual([])
    expect(judgeDocument({ ...fine, data: { stopped: [], findings: [] } })).not.toEqual([])
    expect(judgeDocument({ ...fine, data: { ...fine.data, secret: 1 } })).not.toEqual([])
    expect(judgeDocument({ ...fine, command: 'dwon' })).toEqual(['output/dwon.schema.json is not published'])
    expect(judgeDocument({ ...fine, logo: 'Sanctum' })).not.toEqual([])
    expect(judgeJson({ code: 0, stdout: `Sanctum\n${JSON.stringify(fine)}`, stderr: '' }).problems).not.toEqual([])
    expect(judgeJson({ code: 9, stdout: JSON.stringify(fine), stderr: '' }).problems).toEqual(['9 is no exit of the table'])
    expect(judgeOwnCode('completion', 3)).toEqual(['3 is no exit that commands --json names for completion'])
  })

  test.each([
    ['raw', 'stty raw -echo', 'the settings of the terminal are others than before'],
    ['hidden cursor', "printf '\\033[?25l'", 'the cursor is hidden'],
    ['other screen', "printf '\\033[?1049h'", 'the other screen is shown'],
    ['colour', "printf '\\033[31mred'", 'colour goes on'],
  ])('a program that leaves the terminal %s is found', async (_, script, left) => {
    const options = { env: process.env, cwd: repository, timeoutMs: LONGEST_MS }
    expect((await startAtTerminal(['/bin/sh', '-c', script], options).ended).left).toEqual([left])
  })

  test('a program that waits for an answer that nobody gives is found', async () => {
    const waiting = startAtTerminal(['/bin/sh', '-c', 'read answer'], { env: process.env, cwd: repository, timeoutMs: 500 })
    expect((await waiting.ended).code).toBeNull()
  })
})

const interruptions = { tried: 0, hit: 0 }

interface Moment {
  readonly name: string
  /** Resolves when the person presses the keys. */
  readonly wait: (started: ReturnType<typeof startAtTerminal>) => Promise<void>
}

const moments: readonly Moment[] = [
  // Before there is a program, while it loads, while it works.
  { name: 'start', wait: () => pause(random(120)) },
  { name: 'middle', wait: () => pause(120 + random(180)) },
  { name: 'output', wait: ({ first }) => first },
]

async function interrupt(line: readonly string[], haus: TestHaus, wait: Moment['wait']) {
  const started = atTerminal(line, haus)
  await Promise.race([wait(started), started.ended])
  started.type(CTRL_C)
  const { code, problems } = judgeTerminal(await started.ended)
  return { code, problems }
}

/** What the keys left on trial is taken back by the watchdog, which holds the lock meanwhile; it says so, and nobody has to do a thing. */
async function runOnceFree(haus: TestHaus, line: readonly string[]): Promise<Run> {
  const deadline = Date.now() + 3 * LONGEST_MS
  for (;;) {
    const run = await haus.run(...line)
    const isGoingBack = run.code === codes['locked'] && run.stderr.includes('sanctumctl revert')
    if (!isGoingBack || Date.now() > deadline) return run
    await pause(100)
  }
}

const turns = new Map<TestHaus, Promise<unknown>>()

function inTurn<T>(haus: TestHaus, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(haus) ?? Promise.resolve()).then(work)
  turns.set(
    haus,
    mine.catch(() => undefined),
  )
  return mine
}

/** Those of the lanes are held by what runs there. */
async function ownPorts(): Promise<Readonly<Record<string, string>>> {
  const [watchdog, dashboard] = await freePorts(2)
  return { SANCTUM_SET__services__watchdog__port: String(watchdog), SANCTUM_SET__services__dashboard__port: String(dashboard) }
}

/** A command that changed the haus is followed by what brings it back for the next one. */
async function restore(): Promise<void> {
  const runs = await Promise.all(lanes.struck.map((haus) => haus.run('up')))
  expect(runs.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual(lanes.struck.map(() => [0, '']))
}

function atTerminal(line: readonly string[], haus: TestHaus, columns?: number) {
  return startAtTerminal([process.execPath, program, ...line], {
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', ...haus.env },
    cwd: repository,
    timeoutMs: LONGEST_MS,
    ...(columns === undefined ? {} : { columns }),
  })
}

async function piped(line: readonly string[], haus: TestHaus, env: Readonly<Record<string, string | undefined>>) {
  const run = await startProgram(line, { env: { ...haus.env, ...env }, timeoutMs: LONGEST_MS }).ended
  const judged = judgeText(run)
  return { ...judged, problems: [...judged.problems, ...(`${run.stdout}${run.stderr}`.includes('\u001b[') ? ['colour in a pipe'] : [])] }
}

function judgeText({ code, stdout, stderr }: Run) {
  const text = `${stdout}${stderr}`
  const odd = /^ {4}at |bug of Sanctum|\[object Object\]|\bundefined\b|\bNaN\b|Warning: /m.exec(text)
  return {
    code,
    problems: [
      ...judgeCode(code),
      ...(text === '' ? ['it said nothing'] : []),
      ...(odd === null ? [] : [`not for people: ${text.slice(Math.max(0, odd.index - 80), odd.index + 160)}`]),
    ],
  }
}

function judgeJson({ code, stdout, stderr }: Run) {
  return { code, problems: [...judgeCode(code), ...judgeStdout(stdout), ...(stderr === '' ? [] : [`talk beside the document: ${stderr}`])] }
}

function judgeStdout(stdout: string): readonly string[] {
  try {
    return judgeDocument(JSON.parse(stdout))
  } catch {
    return [`no document: ${stdout.slice(0, 300)}`]
  }
}

function judgeTerminal({ code, text, left }: TerminalEnd) {
  const judged = judgeText({ code, stdout: text || '-', stderr: '' })
  return { code, problems: [...judged.problems, ...left] }
}

function judgeCode(code: number | null): readonly string[] {
  if (code === null) return [`it did not end within ${LONGEST_MS} ms`]
  return known.has(code) ? [] : [`${code} is no exit of the table`]
}

/** What a command says of itself is what a caller goes by. */
function judgeOwnCode(command: string, code: number | null): readonly string[] {
  return code === null || commandExits[command]?.includes(code) ? [] : [`${code} is no exit that commands --json names for ${command}`]
}

/** Root is stopped by no permission, so for root the whole folder is mounted read-only, for this one run. */
async function runReadOnly(line: readonly string[], haus: TestHaus): Promise<Run> {
  const env = { PATH: process.env['PATH'], ...haus.env }
  if (process.getuid?.() !== 0) {
    execFileSync('chmod', ['-R', 'a-w', haus.home])
    try {
      return await startProgram(line, { env: haus.env, timeoutMs: LONGEST_MS }).ended
    } finally {
      execFileSync('chmod', ['-R', 'u+w', haus.home])
    }
  }
  const mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
  return startProgram([], {
    env,
    timeoutMs: LONGEST_MS,
    words: ['unshare', '--mount', 'sh', '-c', mount, haus.home, process.execPath, program, ...line],
  }).ended
}
