import { spawnSync } from 'node:child_process'
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { renderHaus } from '@sanctum/render'
import { buildHaus } from '@sanctum/testkit'
import { createTemporaryFolder, sha256 } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let folder: string
let removeFolder: () => Promise<void>

beforeAll(async () => {
  const temporary = await createTemporaryFolder()
  folder = temporary.path
  removeFolder = temporary.remove
  for (const surface of renderHaus(buildHaus(), { digest: sha256, targets: ['programs'] }).surfaces) {
    await mkdir(join(folder, 'bin'), { recursive: true })
    await writeFile(join(folder, surface.path), surface.content, { mode: Number.parseInt(surface.mode, 8) })
  }
})
afterAll(() => removeFolder())

const shells = ['/bin/sh', '/bin/bash'] as const

function run(shell: string, program: string, argv: readonly string[], env: Record<string, string> = {}) {
  return spawnSync(shell, [join(folder, 'bin', program), ...argv], {
    env: { PATH: '/usr/bin:/bin', ...env },
    encoding: 'buffer',
    timeout: 20_000,
  })
}

/** Prints one variable byte for byte, and the arguments behind it. */
const show = [
  '--',
  process.execPath,
  '-e',
  'process.stdout.write(process.env.T ?? "none"); process.stdout.write(JSON.stringify(process.argv.slice(1)))',
]

async function writeSecret(name: string, content: string | Buffer, mode = 0o600): Promise<string> {
  const path = join(folder, name)
  await rm(path, { force: true })
  await writeFile(path, content)
  await chmod(path, mode)
  return path
}

describe.each(shells)('with-secrets under %s', (shell) => {
  const values: readonly (readonly [string, string, string])[] = [
    ['a plain value', 'token-123', 'token-123'],
    ['one line break at the end, which an editor adds', 'token\n', 'token'],
    ['two line breaks at the end, of which one stays', 'token\n\n', 'token\n'],
    ['a line break within', 'first\nsecond', 'first\nsecond'],
    [
      'quotes, backslashes, variables and commands',
      `'"\\ $HOME \${x} $(id) \`id\` %s %n ; & | > !`,
      `'"\\ $HOME \${x} $(id) \`id\` %s %n ; & | > !`,
    ],
    ['white space around', ' \t token \t ', ' \t token \t '],
    ['a value like an option', '-n', '-n'],
    ['a carriage return', 'token\r\n', 'token\r'],
    ['every letter of an alphabet', 'ж🏠\u202eé', 'ж🏠\u202eé'],
    ['a hundred thousand characters', 'x'.repeat(100_000), 'x'.repeat(100_000)],
  ]

  it.each(values)('hands on %s', async (_, content, expected) => {
    const file = await writeSecret('secret', content)
    const { stderr, stdout, status } = run(shell, 'with-secrets', ['--env', `T=${file}`, ...show])
    expect(stderr.toString()).toBe('')
    expect(stdout.toString()).toBe(`${expected}[]`)
    expect(status).toBe(0)
  })

  it('hands on each byte but NUL', async () => {
    const bytes = Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1))
    const file = await writeSecret('secret', bytes)
    const { stdout } = run(shell, 'with-secrets', ['--env', `T=${file}`, '--', '/usr/bin/env', '-0'])
    const variable = splitAtNul(stdout).find((each) => each.subarray(0, 2).toString() === 'T=')
    expect(variable?.subarray(2).equals(bytes)).toBe(true)
  })

  it('hands on a path for --file, and arguments untouched', async () => {
    const file = await writeSecret('a secret', 'value')
    const odd = ['a b', '', '$HOME', '"', '--env', '--', '*']
    const { stdout } = run(shell, 'with-secrets', ['--file', `T=${file}`, ...show, ...odd])
    expect(stdout.toString()).toBe(file + JSON.stringify(odd))
  })

  it('leaves no variable of its own behind, and changes none of the caller', async () => {
    const file = await writeSecret('secret', 'value')
    const { stdout } = run(shell, 'with-secrets', ['--env', `T=${file}`, '--', '/usr/bin/env'], { name: 'mine', file: 'mine' })
    const names = stdout
      .toString()
      .split('\n')
      .filter((line) => line !== '')
    expect(names.filter((line) => !/^(PWD|SHLVL|_|OLDPWD)=/.test(line)).sort()).toEqual([
      'PATH=/usr/bin:/bin',
      'T=value',
      'file=mine',
      'name=mine',
    ])
  })

  it.each([0o640, 0o604, 0o660, 0o644, 0o620, 0o601, 0o610, 0o066])('refuses mode %o', async (mode) => {
    const file = await writeSecret('open', 'value-of-the-secret', mode)
    const { status, stderr, stdout } = run(shell, 'with-secrets', ['--env', `T=${file}`, ...show])
    expect(status).toBe(78)
    expect(stdout.toString()).toBe('')
    expect(stderr.toString()).toContain(`chmod 600 ${file}`)
    expect(stderr.toString()).not.toContain('value-of-the-secret')
    expect(run(shell, 'with-secrets', ['--file', `T=${file}`, ...show]).status).toBe(78)
  })

  it.each([0o600, 0o400])('takes mode %o', async (mode) => {
    const file = await writeSecret('closed', 'value', mode)
    expect(run(shell, 'with-secrets', ['--env', `T=${file}`, ...show]).status).toBe(0)
  })

  it('judges the file behind a link, not the link', async () => {
    const file = await writeSecret('behind', 'value', 0o644)
    const link = join(folder, `link-${shell.replaceAll('/', '-')}`)
    await symlink(file, link)
    expect(run(shell, 'with-secrets', ['--env', `T=${link}`, ...show]).status).toBe(78)
  })

  it('refuses what is missing, empty, a folder or holds a NUL, and says which file', async () => {
    const cases = [join(folder, 'missing'), await writeSecret('empty', ''), folder, await writeSecret('nul', 'a\0b')]
    for (const file of cases) {
      const { status, stderr } = run(shell, 'with-secrets', ['--env', `T=${file}`, ...show])
      expect([file, status]).toEqual([file, 78])
      expect(stderr.toString()).toContain(file)
    }
  })

  it.each([
    ['no program', ['--']],
    ['nothing', []],
    ['an option without a value', ['--env']],
    ['an unknown option', ['--other', 'T=/x', '--', '/bin/true']],
    ['a variable that is none', ['--env', '1T=/x', '--', '/bin/true']],
    ['a variable with a command in it', ['--env', 'T$(id)=/x', '--', '/bin/true']],
  ])('calls %s a wrong command line', (_, argv) => {
    expect(run(shell, 'with-secrets', argv).status).toBe(64)
  })

  it('gives its process away, so that a signal reaches the program', () => {
    const { stdout } = run(shell, 'with-secrets', ['--', '/bin/sh', '-c', 'kill -TERM $$; echo alive'])
    expect(stdout.toString()).toBe('')
    expect(run(shell, 'with-secrets', ['--', '/bin/sh', '-c', 'kill -TERM $$']).signal).toBe('SIGTERM')
  })
})

describe.each(shells)('wait-for-paths under %s', (shell) => {
  it('starts at once where every path is there', () => {
    const { stderr, stdout } = run(shell, 'wait-for-paths', [folder, '/', '--', '/bin/echo', 'a  b'])
    expect([stdout.toString(), stderr.toString()]).toEqual(['a  b\n', ''])
  })

  it('waits for a path that comes later, and says for which', () => {
    const late = join(folder, `late ${shell.replaceAll('/', '-')}`)
    const argv = [join(folder, 'bin/wait-for-paths'), late, '--', '/bin/echo', 'started']
    const script = '(sleep 0.3; : > "$LATE") & exec "$@"'
    const { stderr, stdout } = spawnSync('/bin/sh', ['-c', script, 'sh', shell, ...argv], {
      env: { PATH: '/usr/bin:/bin', LATE: late },
      timeout: 20_000,
    })
    expect([stdout.toString(), stderr.toString()]).toEqual(['started\n', `wait-for-paths: waiting for ${late}\n`])
  })

  it('calls a missing program a wrong command line', () => {
    expect(run(shell, 'wait-for-paths', [folder]).status).toBe(64)
  })
})

describe('the programs', () => {
  it.each(['with-secrets', 'wait-for-paths'])('%s passes shellcheck', (program) => {
    const { status, stdout } = spawnSync('shellcheck', ['--shell=sh', '--severity=style', join(folder, 'bin', program)], {
      encoding: 'utf8',
    })
    expect([stdout, status]).toEqual(['', 0])
  })

  it('shellcheck sees an unquoted variable, so the check above bites', () => {
    const { status } = spawnSync('shellcheck', ['--shell=sh', '-'], { input: 'rm $1\n', encoding: 'utf8' })
    expect(status).not.toBe(0)
  })
})

function splitAtNul(buffer: Buffer): readonly Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at < buffer.length; ) {
    const end = buffer.indexOf(0, at)
    parts.push(buffer.subarray(at, end === -1 ? buffer.length : end))
    at = end === -1 ? buffer.length : end + 1
  }
  return parts
}
