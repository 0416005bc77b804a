import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Facts } from './facts.ts'
import type { Ports, SiteBuild } from './ports.ts'
import { toRunningHaus } from './running/to-running-haus.ts'

export interface PortsRequest {
  /** The checkout whose pages are read. */
  readonly root: string
  /** The checkout whose site is meant; mostly the same. */
  readonly tree?: string
  readonly node: string
  readonly main: string
  /** The program that the examples call. */
  readonly sanctumctl: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** The checkout and the programs beside it. */
export function createPorts({ root, tree = root, node, main, sanctumctl, environment, signal }: PortsRequest): Ports {
  const tool = (file: string, ...words: readonly string[]) =>
    run(node, ['--conditions=@sanctum/source', join(root, 'tools', file), ...words], { cwd: root, environment, signal })
  return {
    self: [node, '--conditions=@sanctum/source', main],
    checkout: root,
    facts: async () => JSON.parse(await must(tool('docs-facts/print-facts.ts', root))) as Facts,
    readText: (file) => readFile(join(root, file), 'utf8').catch(() => null),
    changedSince: async (revision) => {
      const git = (...words: readonly string[]) => run('git', words, { cwd: root, environment, signal })
      const { code, stdout } = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
      if (code !== 0) return null
      const listed = [
        await must(git('diff', '--name-only', '-z', '--no-renames', stdout.trim(), '--')),
        await must(git('ls-files', '-z', '--others', '--exclude-standard')),
      ]
      return listed.flatMap((text) => text.split('\0')).filter((file) => file !== '')
    },
    digestDocs: async () =>
      existsSync(join(tree, 'docs/package.json'))
        ? (JSON.parse(await must(tool('docs-site/print-site.ts', '--digest', tree))) as { digest: string }).digest
        : null,
    buildSite: async () => JSON.parse(await must(tool('docs-site/print-site.ts', tree))) as SiteBuild,
    runDisposable: async (words) => {
      signal.throwIfAborted()
      const home = await mkdtemp(join(tmpdir(), 'sanctum-docs-'))
      try {
        const { code, stdout, stderr } = await run(node, [sanctumctl, 'disposable', '--', ...words], { cwd: home, environment, signal })
        return { code, said: `${stdout}${stderr}` }
      } finally {
        await rm(home, { recursive: true, force: true })
      }
    },
    runningHaus: () => {
      const ask = async (...words: readonly string[]) =>
        (await run(node, [sanctumctl, ...words, '--json'], { cwd: root, environment, signal })).stdout
      return toRunningHaus({ status: () => ask('status'), profile: () => ask('host', 'profile') }, isListening)
    },
    readReceipt: (file) => readFile(file, 'utf8').catch(() => null),
    keepReceipt: async (file, text) => {
      // A home that cannot be written is no reason to call the pages wrong.
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
        .then(() => writeFile(`${file}.new`, text, { mode: 0o600 }))
        .then(() => rename(`${file}.new`, file))
        .catch(() => undefined)
    },
    now: Date.now,
  }
}

interface Surroundings {
  readonly cwd: string
  readonly environment: PortsRequest['environment']
  readonly signal: AbortSignal
}

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts a program and hears it out. Its end is that of the signal. */
function run(program: string, words: readonly string[], { cwd, environment, signal }: Surroundings): Promise<Run> {
  if (signal.aborted) return Promise.reject(new Error('asked to end'))
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, env: environment as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] })
    const heard = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (heard.stderr += text))
    // Asked to end, a disposable haus takes itself down first.
    const end = () => void child.kill('SIGTERM')
    signal.addEventListener('abort', end, { once: true })
    child.on('error', reject)
    child.on('close', (code) => {
      signal.removeEventListener('abort', end)
      resolve({ code, ...heard })
    })
  })
}

/** What a program of the checkout printed; without it there is no gate. */
async function must(running: Promise<Run>): Promise<string> {
  const { code, stdout, stderr } = await running
  if (code !== 0) throw new Error(`a program of the checkout ended with ${code}: ${stderr.trim().slice(-1500)}`)
  return stdout
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2000 })
    const end = (is: boolean) => () => {
      socket.destroy()
      resolve(is)
    }
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false))
  })
}
