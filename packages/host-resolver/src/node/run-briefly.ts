import type { ChildProcess } from 'node:child_process'

export type BriefRun =
  | { readonly kind: 'ended'; readonly code: number | null; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'not-started'; readonly why: string }
  | { readonly kind: 'hung' }

/** More is never needed of a version, and a program that writes without end must not fill the memory. */
const OUTPUT_BYTES = 256 * 1024

/** Runs a program for at most so many milliseconds. One that hangs is killed with all that it started, and not waited for. */
export async function runBriefly(
  program: string,
  args: readonly string[],
  options: { readonly deadlineMs: number; readonly env: NodeJS.ProcessEnv },
): Promise<BriefRun> {
  // Loaded with the first program to start: most looks at a machine start none.
  const { spawn } = await import('node:child_process')
  return new Promise((resolve) => {
    const unrun = (error: NodeJS.ErrnoException): BriefRun => ({ kind: 'not-started', why: error.code ?? error.message })
    let child: ChildProcess
    try {
      child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: options.env })
    } catch (error) {
      resolve(unrun(error as NodeJS.ErrnoException))
      return
    }
    const output = { stdout: '', stderr: '' }
    const end = (run: BriefRun): void => {
      clearTimeout(timer)
      // A grandchild may hold the pipes open; nothing of it is of interest any more.
      for (const stream of [child.stdout, child.stderr]) stream?.destroy()
      resolve(run)
    }
    const timer = setTimeout(() => {
      killGroup(child.pid)
      child.unref()
      end({ kind: 'hung' })
    }, options.deadlineMs)
    // A process that has no file descriptor left gets a child without pipes, and the error after it.
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        if (output[name].length < OUTPUT_BYTES) output[name] += text
      })
    child.once('error', (error) => end(unrun(error)))
    child.once('close', (code) => end({ kind: 'ended', code, ...output }))
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended in this moment.
  }
}
