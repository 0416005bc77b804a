import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** A program that is none of ours. */
export interface Stranger {
  readonly pid: number
  /** As the kernel tells it; with the pid it names this process and no other. */
  readonly startTime: string
  /** Signals that came, and whether it is gone. */
  harm(): readonly string[]
  end(): Promise<void>
}

const script = `
  for (const name of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGPIPE'])
    process.on(name, () => process.stdout.write(name + '\\n'))
  setInterval(() => {}, 1000)
  process.stdout.write('ready\\n')
`

/** Leads its session and its group, as a unit does, so that a signal to either meets it. It notes each signal that it may hear. */
export async function startStranger(): Promise<Stranger> {
  const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  let heard = ''
  child.stdout.on('data', (chunk) => (heard += chunk))
  await once(child.stdout, 'data')
  const pid = child.pid as number
  return {
    pid,
    startTime: startTimeOf(pid) ?? '',
    harm: () => [...heard.split('\n').slice(1, -1), ...(child.exitCode !== null || child.signalCode !== null ? ['it is gone'] : [])],
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Null where there is no such process. */
function startTimeOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
