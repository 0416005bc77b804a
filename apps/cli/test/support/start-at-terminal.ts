import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const CTRL_C = '\u0003'

export interface AtTerminal {
  type(keys: string): void
  /** What was shown so far. */
  shown(): string
  /** Resolves with the first that is shown, or at the end if nothing is. */
  readonly first: Promise<void>
  readonly ended: Promise<TerminalEnd>
}

export interface TerminalEnd {
  /** As a shell tells it; null where it had to be killed. */
  readonly code: number | null
  readonly text: string
  /** What is left of the terminal that the person did not have before: empty where it is as it was. */
  readonly left: readonly string[]
}

/** A program at a real terminal: it is its controlling one, and Ctrl+C arrives as the kernel sends it. */
export function startAtTerminal(
  words: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly columns?: number; readonly cwd: string; readonly timeoutMs: number },
): AtTerminal {
  const driver = fileURLToPath(new URL('terminal.py', import.meta.url))
  const child = spawn('python3', [driver, String(options.columns ?? 100), ...words], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
  })
  const text = { stdout: '', stderr: '' }
  const first = Promise.race([once(child.stdout, 'data'), once(child, 'close')]).then(() => undefined)
  child.stdin.on('error', () => undefined)
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part))
  const ended = once(child, 'close').then(([code]) => toEnd(code as number | null, text))
  return { type: (keys) => void child.stdin.write(keys), shown: () => text.stdout, first, ended }
}

function toEnd(driverCode: number | null, { stdout, stderr }: { readonly stdout: string; readonly stderr: string }): TerminalEnd {
  if (driverCode !== 0) return { code: null, text: stdout, left: [`the terminal ended first: ${stderr}`] }
  const { code, isRestored } = JSON.parse(stderr) as { code: number; isRestored: boolean }
  const modes: readonly (readonly [string, boolean])[] = [
    ['the settings of the terminal are others than before', !isRestored],
    ['the cursor is hidden', isLeft(stdout, '\u001b[?25l', '\u001b[?25h')],
    ['the other screen is shown', isLeft(stdout, '\u001b[?1049h', '\u001b[?1049l')],
    ['colour goes on', isLeft(stdout.replace(/\u001b\[(0|22|39|49)?m/g, '\u001b[end'), '\u001b[3', '\u001b[end')],
  ]
  return { code, text: stdout, left: modes.flatMap(([what, is]) => (is ? [what] : [])) }
}

function isLeft(text: string, on: string, off: string): boolean {
  return text.lastIndexOf(on) > text.lastIndexOf(off)
}
