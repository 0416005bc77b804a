import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { operator } from './build-root.ts'

export type User = 'root' | 'operator'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Machine {
  /** Runs a program inside to its end, with the environment that a login gives and nothing of ours. */
  run(user: User, command: readonly string[], options?: { readonly timeoutMs?: number }): Promise<Ended>
  /** Starts it again, as the same machine: what it wrote is still there. */
  reboot(): Promise<void>
  /** Powers it off and waits until its last process and its mounts are gone. */
  stop(): Promise<void>
}

export interface BootOptions {
  /** Made by buildRoot. Never written to: what the machine writes lies in its memory and goes with it. */
  readonly root: string
  /** Folders of this machine that are seen inside, read only: inside by outside. */
  readonly binds: Readonly<Record<string, string>>
}

const BOOT_MS = 60_000
const STOP_MS = 20_000
const PACE_MS = 100

/** Boots a root with systemd as process 1, in its own network, until both its manager and that of the operator are up. */
export async function bootMachine({ root, binds }: BootOptions): Promise<Machine> {
  const scratch = await mkdtemp(join(tmpdir(), 'sanctum-nspawn-'))
  const nspawn = spawnNspawn({ root, binds, scratch })
  const machine = toMachine(nspawn, () => rm(scratch, { recursive: true, force: true }))
  try {
    await waitUntilUp(nspawn, machine)
  } catch (error) {
    await machine.stop()
    throw new Error(`the machine did not boot: ${(error as Error).message}\n${nspawn.said()}`)
  }
  return machine
}

function waitUntilUp({ child, said }: Nspawn, machine: Pick<Machine, 'run'>): Promise<void> {
  return waitUntil('both service managers are up', BOOT_MS, async () => {
    if (child.exitCode !== null) throw new Error(`systemd-nspawn ended with ${child.exitCode}: ${said()}`)
    return (await isUp(machine, 'root')) && (await isUp(machine, 'operator'))
  })
}

interface Nspawn {
  readonly child: ChildProcess
  /** The last of what its console said. */
  said(): string
}

/**
 * Whoever booted it may be killed, and its process 1 outlives a systemd-nspawn that is: so all of it is in a namespace of processes
 * that dies with us.
 */
const mortal = ['--pdeathsig', 'KILL', 'unshare', '--pid', '--fork', '--kill-child', '--mount-proc']

/** Ends with this when the machine asks to be started again. */
const REBOOT = 133

/** What the machine writes goes into a layer above its root, in memory, that outlives a reboot and not us. */
const boot = `
set -e
layer=$0 root=$1; shift
mount -t tmpfs tmpfs "$layer"
mkdir "$layer/written" "$layer/work" "$layer/root"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$layer/written,workdir=$layer/work" "$layer/root"
set +e
while :; do
  systemd-nspawn -D "$layer/root" "$@"
  code=$?
  [ "$code" = ${REBOOT} ] || exit "$code"
done`

function spawnNspawn({ root, binds, scratch }: BootOptions & { readonly scratch: string }): Nspawn {
  const name = scratch
    .slice(-6)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, 'x')
  const shown = Object.entries(binds).map(([inside, outside]) => `--bind-ro=${outside}:${inside}`)
  const isolation = ['--private-network', '--resolv-conf=off', '--timezone=off', '--link-journal=no']
  const unregistered = ['--register=no', '--keep-unit', `--machine=sanctum-${name}`, '--console=pipe']
  // Its root is never written to, so several may boot it at once.
  const nspawn = ['--quiet', '--boot', ...unregistered, ...isolation, ...shown]
  const child = spawn('setpriv', [...mortal, 'sh', '-c', boot, scratch, root, ...nspawn], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], SYSTEMD_NSPAWN_LOCK: '0' } as NodeJS.ProcessEnv,
  })
  let console = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (console = (console + text).slice(-4000)))
  child.on('error', (error) => (console += String(error)))
  return { child, said: () => console.trim() }
}

function toMachine(nspawn: Nspawn, onStopped: () => Promise<void>): Machine {
  const { child } = nspawn
  const run: Machine['run'] = async (user, command, { timeoutMs = 60_000 } = {}) => {
    const leader = await readLeader(child)
    if (leader === null) return { code: null, stdout: '', stderr: 'the machine does not run' }
    return runProgram('nsenter', ['-t', String(leader), '-a', '--', ...as[user], ...command], timeoutMs)
  }
  return {
    run,
    async reboot() {
      const before = await readLeader(child)
      // Whoever asks may be gone before the answer.
      await run('root', ['systemctl', 'reboot'])
      await waitUntil('another process 1 is there', BOOT_MS, async () => ![before, null].includes(await readLeader(child)))
      await waitUntilUp(nspawn, { run })
    },
    async stop() {
      const leader = await readLeader(child)
      if (leader !== null) process.kill(leader, POWER_OFF)
      const isGone = async () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined
      await waitUntil('it is off', STOP_MS, isGone).catch(async () => {
        // Process 1 of a namespace takes all others with it.
        if (leader !== null) process.kill(leader, 'SIGKILL')
        child.kill('SIGKILL')
        await waitUntil('it is gone', STOP_MS, isGone)
      })
      await onStopped()
    },
  }
}

/** SIGRTMIN+4 of glibc, which systemd takes for `systemctl poweroff`. */
const POWER_OFF = 38

const as: Readonly<Record<User, readonly string[]>> = {
  root: ['/usr/bin/env', '-i', 'HOME=/root', 'USER=root', 'LANG=C', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  operator: [
    ...['setpriv', `--reuid=${operator.uid}`, `--regid=${operator.uid}`, '--init-groups', '/usr/bin/env', '-i'],
    ...[
      `HOME=${operator.home}`,
      `USER=${operator.name}`,
      'LANG=C',
      'PATH=/usr/local/bin:/usr/bin:/bin',
      `XDG_RUNTIME_DIR=/run/user/${operator.uid}`,
    ],
  ],
}

/** Process 1 of the machine, as seen from here: the child of systemd-nspawn, which is the child of the shell that we started. */
async function readLeader({ pid }: ChildProcess): Promise<number | null> {
  const shells = pid === undefined ? [] : await readChildren(pid)
  const nspawns = (await Promise.all(shells.map(readChildren))).flat()
  for (const candidate of (await Promise.all(nspawns.map(readChildren))).flat()) {
    const status = await readFile(`/proc/${candidate}/status`, 'utf8').catch(() => '')
    if (/^NSpid:.*\t1$/m.test(status)) return candidate
  }
  return null
}

async function readChildren(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.trim().split(' ').filter(Boolean).map(Number)
}

/** A machine that comes up has states in between, during which nothing can be asked of it. */
async function isUp(machine: Pick<Machine, 'run'>, user: User): Promise<boolean> {
  const scope = user === 'root' ? '--system' : '--user'
  const { stdout } = await machine.run(user, ['systemctl', scope, 'is-system-running'], { timeoutMs: 10_000 })
  return ['running', 'degraded'].includes(stdout.trim())
}

function runProgram(program: string, args: readonly string[], timeoutMs: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, killSignal: 'SIGKILL' })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

async function waitUntil(what: string, deadlineMs: number, isTrue: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs / 1000} s: ${what}`)
    await pause(PACE_MS)
  }
}
