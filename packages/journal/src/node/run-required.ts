import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { RequiredCheck } from '@sanctum/contracts'
import { type CommandEnd, judgeRun, type RunJudgement } from '../soak/judge-run.ts'

export interface RequiredRunner {
  /** The program of this installation, as words; what is called `sanctumctl` elsewhere on the machine is none of ours. */
  readonly sanctumctl: readonly string[]
  /** In which the command runs: that of the document which asks for it. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Ends the command; what was begun is then no record. */
  readonly signal: AbortSignal
}

const MOST_OUTPUT = 1_000_000

/** Runs a required command to its end or its deadline. Null where it was ended from outside. */
export async function runRequired(
  check: RequiredCheck,
  runner: RequiredRunner,
): Promise<(RunJudgement & { readonly took_ms: number }) | null> {
  const begin = performance.now()
  const end = await run(check, runner)
  return end === null ? null : { ...judgeRun(end), took_ms: Math.round(performance.now() - begin) }
}

function run(
  { command, deadline_s }: RequiredCheck,
  { sanctumctl, folder, environment, signal }: RequiredRunner,
): Promise<CommandEnd | null> {
  const [program = '', ...args] = command[0] === 'sanctumctl' ? [...sanctumctl, ...command.slice(1), '--json'] : command
  if (!existsSync(folder)) return Promise.resolve({ kind: 'absent', why: `the folder ${folder} is not here` })
  return new Promise((resolve) => {
    // A group of its own, so that nothing which it started outlives its deadline.
    const child = spawn(program, args, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment as NodeJS.ProcessEnv,
    })
    const text = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (part: string) => {
        if (text[stream].length < MOST_OUTPUT) text[stream] += part
      })
    const finish = (end: CommandEnd | null) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      resolve(end)
    }
    const killAll = () => {
      if (child.pid !== undefined) killGroup(child.pid)
    }
    const stop = () => {
      killAll()
      finish(null)
    }
    const timer = setTimeout(() => {
      killAll()
      finish({ kind: 'late', deadlineS: deadline_s })
    }, deadline_s * 1000)
    signal.addEventListener('abort', stop)
    child.on('error', () => finish({ kind: 'absent', why: `${command[0]} is not a program of this machine` }))
    child.on('close', (code) => finish({ kind: 'ended', code, ...text }))
    if (signal.aborted) stop()
  })
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
