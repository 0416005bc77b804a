import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type HausStatus,
  type HistoryEntry,
  type UpgradeDocument,
  type UpgradeReceipt,
  upgradeDocument,
  upgradeReceipt,
} from '@sanctum/contracts'
import { freePorts } from '@sanctum/testkit/node'
import { findProcesses, type Run, readEnvelope, withoutStrangers } from './test-haus.ts'
import { cloneToy, type ToyRepository, type ToyRevision, toGit } from './toy-repository.ts'
import { waitUntil } from './wait-until.ts'

export interface Stand {
  readonly generation: 'old' | 'new' | 'mixed'
  readonly code: readonly string[]
  readonly checkout: 'old' | 'new'
  readonly isClean: boolean
  readonly isSettled: boolean
}
const whole = (side: 'old' | 'new'): Stand => ({ generation: side, code: [side], checkout: side, isClean: true, isSettled: true })
export const [old, next] = [whole('old'), whole('new')]

/** A home of its own that runs the base of a toy; the branch of its checkout follows the revision. */
export async function openToyHaus(scratch: string, from: ToyRepository, revision: ToyRevision | 'base') {
  const home = await mkdtemp(join(scratch, 'haus '))
  const checkout = join(home, 'checkout')
  await cloneToy(from, checkout, revision)
  const git = toGit(checkout)
  const sanctumHome = join(home, '.sanctum')
  const [watchdog, dashboard] = await freePorts(2)
  const off = ['sanctum_server', 'router_drill', 'failsafe'].map((id) => [`SANCTUM_SET__services__${id}__enabled`, 'false'] as const)
  const env: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    HOME: home,
    SANCTUM_SET__services__watchdog__port: String(watchdog),
    SANCTUM_SET__services__dashboard__port: String(dashboard),
    SANCTUM_SET__services__watchdog__settings__cycle_s: '0.5',
    ...Object.fromEntries(off),
    ...withoutStrangers,
  }
  const launcher = join(checkout, 'tools/sanctumctl')
  const children: ChildProcess[] = []
  const held = join(home, 'held')

  function start(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const child = spawn(launcher, args, { cwd: home, env: { ...env, ...more } as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    const text = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part))
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part))
    const ended = new Promise<Run>((resolve) => child.on('exit', (code) => setImmediate(() => resolve({ code, ...text }))))
    return { child, text, ended }
  }
  const run = async (...args: readonly string[]): Promise<Run> => {
    const { child, text } = start(args)
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    return { code, ...text }
  }
  const readDocument = async (path: string) => JSON.parse(await readFile(join(sanctumHome, path), 'utf8').catch(() => 'null'))
  const record = async (): Promise<UpgradeDocument | undefined> => upgradeDocument.safeParse(await readDocument('state/upgrade.json')).data
  const pointers = async () => {
    const read = (name: string) => readlink(join(sanctumHome, name)).catch(() => null)
    return { current: await read('current'), confirmed: await read('confirmed') }
  }

  /** Ends the upgrade as a power cut would: it and what it has started, all at once. */
  async function cut(child: ChildProcess, ended: Promise<Run>): Promise<void> {
    child.kill('SIGKILL')
    const group = (await record())?.child?.pid
    if (group !== undefined) killGroup(group)
    await ended
  }

  /** Resolves once it has said that; an error where it ends without. */
  const reach = (child: ChildProcess, text: { readonly stdout: string; readonly stderr: string }, line: string) =>
    new Promise<void>((resolve, reject) => {
      child.stderr?.on('data', () => (text.stderr.includes(line) ? resolve() : undefined))
      child.on('exit', () => reject(new Error(`it ended before it said ${line}: ${text.stdout} ${text.stderr}`)))
    })

  const killWhen = (isTrue: () => Promise<boolean> | boolean, ...args: readonly string[]) => killCommandWhen(['upgrade', ...args], isTrue)

  async function killCommandWhen(words: readonly string[], isTrue: () => Promise<boolean> | boolean): Promise<void> {
    const { child, ended, text } = start(words)
    let isOver = false
    void ended.then(() => (isOver = true))
    while (!(await isTrue())) {
      if (isOver) throw new Error(`it ended before it could be killed: ${text.stdout} ${text.stderr}`)
      await pause(10)
    }
    await cut(child, ended)
  }

  /** What runs, by the program that each process of this haus was started from. */
  async function codeOf(to: string): Promise<readonly string[] | null> {
    const { code, ...text } = await run('status', '--json')
    if (code !== 0) return null
    const { services } = readEnvelope({ code, ...text }).data['status'] as HausStatus
    const lines = await Promise.all(services.map(({ pid }) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    // Between the look at the status and that at the process it may have been started anew.
    if (lines.includes('')) return null
    return [
      ...new Set(
        lines.map((line) => (line.includes(`/versions/${to}/`) ? 'new' : line.includes(join(checkout, 'apps/cli/dist')) ? 'old' : line)),
      ),
    ]
  }

  async function stand(): Promise<Stand> {
    const isSettled = async () => (await readDocument('state/trial.json')) === null && (await record())?.outcome !== null
    await waitUntil(isSettled, 60_000)
    const to = (await record())?.to ?? ''
    let code: readonly string[] | null = null
    await waitUntil(async () => {
      code = await codeOf(to)
      return code !== null
    }, 60_000)
    const { current, confirmed } = await pointers()
    const names = await readFile(join(sanctumHome, 'current/haus.json'), 'utf8')
    const side = names.includes(`/versions/${to}/`) ? 'new' : 'old'
    return {
      generation: current === confirmed ? side : 'mixed',
      code: code ?? [],
      checkout: (await git('rev-parse', 'HEAD')) === to ? 'new' : 'old',
      isClean: (await git('status', '--porcelain')) === '',
      isSettled: await isSettled(),
    }
  }

  const up = await run('up')
  if (up.code !== 0) throw new Error(up.stdout + up.stderr)
  return {
    checkout,
    git,
    run,
    record,
    pointers,
    stand,
    killWhen,
    killCommandWhen,
    home,
    env,
    sanctumHome,
    launcher,
    /** Begins an upgrade that waits at this word, and resolves once it does. */
    async holdAt(step: string, ...args: readonly string[]) {
      const held = start(['upgrade', ...args], { TOY_HOLD: step })
      await reach(held.child, held.text, `holding at ${step}`)
      return held
    },
    receipt: async (): Promise<UpgradeReceipt> => upgradeReceipt.parse(await readDocument('state/receipts/upgrade.json')),
    history: async () => readEnvelope(await run('history', '--json')).data['entries'] as readonly HistoryEntry[],
    /** The launcher of the new revision waits at this word until it is killed. */
    async killAt(step: string, ...args: readonly string[]) {
      const { child, ended, text } = start(['upgrade', ...args], { TOY_HOLD: step })
      await reach(child, text, `holding at ${step}`)
      await cut(child, ended)
    },
    async killAtLine(line: string, ...args: readonly string[]) {
      const { child, ended, text } = start(['upgrade', ...args])
      await reach(child, text, line)
      await cut(child, ended)
    },
    /** Until somebody who was not asked has put it in order. */
    settled: () => waitUntil(async () => (await record())?.outcome !== null, 60_000),
    /** From now on git stops where it is about to move the branch: its files are written, the branch is not. */
    async holdGit() {
      const hook = join(checkout, '.git/hooks/reference-transaction')
      await mkdir(join(checkout, '.git/hooks'), { recursive: true })
      const text = ['[ "$1" = prepared ] || exit 0', 'grep -q refs/heads/ || exit 0', `: >'${held}'`, 'exec sleep 300']
      await writeFile(hook, `#!/bin/sh\n${text.join('\n')}\n`)
      await chmod(hook, 0o755)
      return () => rm(hook)
    },
    isGitHeld: () => existsSync(held),
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL')
      await run('down', '--yes')
      for (const pid of await findProcesses(home)) process.kill(pid, 'SIGKILL')
    },
  }
}

export function codesOf(run: Run): string[] {
  return (readEnvelope(run).data.findings ?? []).map(({ code }) => code)
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
