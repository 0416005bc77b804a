import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { whyNotHere } from './why-not-here.ts'

const why = whyNotHere(process.env)
const source = fileURLToPath(new URL('build-root.ts', import.meta.url))

/** In the place of debootstrap: half of a root, then a long wait where one is asked for, then the rest. */
const double = `#!/bin/sh
for target; do :; done
mkdir -p "$target/etc/systemd/system" "$target/home"
touch "$target/etc/passwd" "$target/etc/group" "$target/etc/shadow"
if [ -e "$(dirname "$0")/wait" ]; then echo half > "$(dirname "$0")/reached"; sleep 1000; fi
echo whole > "$target/whole"
`

let scratch = ''
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sanctum-root-'))
  mkdirSync(join(scratch, 'bin'))
  writeFileSync(join(scratch, 'bin/debootstrap'), double)
  chmodSync(join(scratch, 'bin/debootstrap'), 0o755)
})
afterEach(() => rm(scratch, { recursive: true, force: true }))

describe.skipIf(why !== null)(`a root whose build is cut short${why === null ? '' : ` (${why})`}`, () => {
  test.each([
    ['by a kill', 'SIGKILL', (pid: number) => pid],
    ['by Ctrl+C', 'SIGINT', (pid: number) => -pid],
  ] as const)('%s is not taken for one: the next run makes it anew', async (_, signal, whom) => {
    writeFileSync(join(scratch, 'bin/wait'), '')
    const cut = start()
    await until(() => existsSync(join(scratch, 'bin/reached')))
    process.kill(whom(cut.pid), signal)
    expect((await cut.ended).code).not.toBe(0)
    // Nobody goes on with it.
    await until(() => waiting().length === 0)
    expect(roots().filter((name) => !name.startsWith('building-'))).toEqual([])

    rmSync(join(scratch, 'bin/wait'))
    const { code, said } = await start().ended
    expect([code, readFileSync(join(said.trim(), 'whole'), 'utf8')]).toEqual([0, 'whole\n'])
    expect((await start().ended).said).toBe(said)
  })

  test('is cleared away by a later build', async () => {
    const left = join(scratch, 'cache/building-123')
    mkdirSync(left, { recursive: true })
    utimesSync(left, new Date(0), new Date(0))
    expect((await start().ended).code).toBe(0)
    expect(roots()).toEqual([expect.stringMatching(/^bookworm-/)])
  })
})

/** A build in a process of its own, at the head of its group as at a terminal. It prints the folder. */
function start(): { readonly pid: number; readonly ended: Promise<{ readonly code: number | null; readonly said: string }> } {
  const script = `import { buildRoot } from ${JSON.stringify(source)}; console.log(await buildRoot(${JSON.stringify(join(scratch, 'cache'))}, () => {}))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: `${join(scratch, 'bin')}:${process.env['PATH']}` } as NodeJS.ProcessEnv,
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  return { pid: child.pid as number, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, said }))) }
}

function roots(): string[] {
  return readdirSync(join(scratch, 'cache'))
}

/** Processes that work on a root of this test. */
function waiting(): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(`${scratch}/cache`))
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = performance.now() + 30_000; !isTrue(); await pause(20)) {
    if (performance.now() > end) throw new Error(`not within 30 s: ${String(isTrue)}`)
  }
}
