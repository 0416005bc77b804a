import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, onTestFinished, test } from 'vitest'
import { repository } from './support/test-haus.ts'

const program = join(repository, 'apps/cli/dist/sanctumctl.js')

/** Longest time that a shell may take for one line; it is killed then and the test fails. */
const DEADLINE_MS = 20_000

/** A home with three services and two generations, and a folder with the program on PATH. */
async function createHome() {
  const folder = await createTemporaryFolder('sanctum tab ü-')
  onTestFinished(folder.remove)
  const bin = join(folder.path, 'bin')
  const haus = join(folder.path, '.sanctum')
  const services = join(haus, 'generations/2/surfaces/services')
  mkdirSync(services, { recursive: true })
  mkdirSync(join(haus, 'generations/1'))
  mkdirSync(bin)
  for (const name of ['dashboard', 'failsafe', 'watchdog']) writeFileSync(join(services, `${name}.yaml`), '')
  symlinkSync('generations/2', join(haus, 'current'))
  symlinkSync('generations/1', join(haus, 'confirmed'))
  symlinkSync('current/surfaces/services', join(haus, 'services'))
  writeFileSync(join(bin, 'sanctumctl'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  chmodSync(join(bin, 'sanctumctl'), 0o755)
  writeFileSync(join(folder.path, 'a file.json'), '')
  mkdirSync(join(folder.path, 'a folder'))
  return { path: folder.path, env: { HOME: folder.path, PATH: `${bin}:${process.env['PATH']}`, TERM: 'xterm', LC_ALL: 'C.UTF-8' } }
}

type Home = Awaited<ReturnType<typeof createHome>>

function run({ env, path }: Home, [file, ...args]: readonly [string, ...string[]]) {
  const { stdout, stderr, status } = spawnSync(file, args, {
    cwd: path,
    env,
    encoding: 'utf8',
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
  })
  return { stdout, stderr, status }
}

/** The ways in which each shell tells what it would offer for a line; `quoted` is the line as this shell's own code writes it. */
const shells: Readonly<Record<string, (home: Home, line: string) => string[]>> = {
  bash: (home, line) => completeInBash(home, line, 'bash'),
  'bash without the package bash-completion': (home, line) => completeInBash(home, line, 'bash', '--norc', '--noprofile', '--posix'),
  fish: (home, line) => {
    const script = 'sanctumctl completion fish | source; complete -C $argv[1]'
    return lines(run(home, ['fish', '--no-config', '-c', script, line]).stdout).map((each) => each.split('\t')[0] as string)
  },
  zsh: (home, line) => {
    // What compadd is given, from a shell at a pseudo-terminal: the only place in which zsh completes.
    const script = `
      zmodload zsh/zpty
      zpty tab zsh -f -i
      zpty -w tab "PS1=; unsetopt zle_bracketed_paste 2>/dev/null; autoload -Uz compinit; compinit -u -D; source <(sanctumctl completion zsh)"
      zpty -w tab 'compadd () { local -a given; local arg seen; for arg in "$@"; do [[ $seen = -a ]] && given=("\${(P@)arg}"); seen=$arg; done; local each; for each in $given; do [[ $each = "$PREFIX"* ]] && print -r -- "<<$each>>"; done; builtin compadd "$@" }'
      zpty -w tab '_files () { [[ $1 = -/ ]] && print -r -- "<<(folders)>>" || print -r -- "<<(files)>>" }'
      zpty -w tab 'done_ () { print -r -- "<<>>" ; zle kill-buffer }; zle -N done_; bindkey "^X" done_; print ready-$((40+2))'
      zpty -r tab seen '*ready-42*'
      zpty -w -n tab "$1"$'\\t'$'\\x18'
      zpty -r tab seen '*<<>>*'
      print -r -- "$seen"
      zpty -d tab`
    const seen = run(home, ['zsh', '-f', '-c', script, 'zsh', line]).stdout
    return [...seen.matchAll(/<<([^>]+)>>/g)].map(([, value]) => value as string)
  },
}

function completeInBash(home: Home, line: string, ...[file, ...args]: [string, ...string[]]): string[] {
  // bash itself splits the line: the words are taken from a real completion of a function that only notes them.
  const script = `
    source <(sanctumctl completion bash)
    words=$1 && shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE=$words COMP_POINT=\${#words}
    _sanctumctl && printf '%s\\n' "\${COMPREPLY[@]}"`
  const words = line.split(/ |(=)/).filter((word) => word !== undefined)
  return lines(run(home, [file, ...args, '-c', script, 'bash', line, ...words]).stdout)
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

const missing = (shell: string) => spawnSync(shell, ['--version']).error !== undefined

for (const [name, complete] of Object.entries(shells)) {
  const shell = name.split(' ')[0] as string

  test(`${name} completes commands, names of this machine, values, flags and files`, async ({ skip }) => {
    if (missing(shell)) skip(`${shell} is not on this machine`)
    const home = await createHome()
    expect(complete(home, 'sanctumctl res')).toEqual(['restart'])
    expect(complete(home, 'sanctumctl restart ')).toEqual(['dashboard', 'failsafe', 'watchdog'])
    expect(complete(home, 'sanctumctl rollback ').toSorted()).toEqual(['1', '2'])
    expect(complete(home, 'sanctumctl doctor --check loc')).toEqual(['lock'])
    expect(complete(home, 'sanctumctl down --dry')).toEqual(['--dry-run'])
    const value = complete(home, 'sanctumctl catalog graph --format=d')
    expect(value.map((each) => each.replace(/^--format=/, ''))).toEqual(['dot'])
    const files = complete(home, 'sanctumctl up --facts a').join()
    expect(files === '(files)' || (files.includes('a file.json') && files.includes('a folder')), files).toBe(true)
    const folders = complete(home, 'sanctumctl up --catalog a').join()
    expect(folders === '(folders)' || (folders.includes('a folder') && !folders.includes('a file')), folders).toBe(true)
  })

  test(`${name}: nothing that was typed is evaluated, and nothing is written`, async ({ skip }) => {
    if (missing(shell)) skip(`${shell} is not on this machine`)
    const home = await createHome()
    const before = readdirSync(home.path, { recursive: true }).toSorted()
    complete(home, 'sanctumctl restart $(touch${IFS}evaluated) `touch${IFS}evaluated` ')
    complete(home, "sanctumctl restart ';touch${IFS}evaluated;")
    expect(existsSync(join(home.path, 'evaluated'))).toBe(false)
    expect(
      readdirSync(home.path, { recursive: true })
        .filter((each) => !/^\.(cache|local|config)/.test(String(each)))
        .toSorted(),
    ).toEqual(before)
  })
}

test('the same look finds a script that evaluates what was typed', async () => {
  const home = await createHome()
  const { stdout } = run(home, ['sanctumctl', 'completion', 'bash'])
  const planted = stdout.replace(/"\$program" complete -- \S+/, 'eval "$program complete -- ${COMP_WORDS[*]:1}"')
  expect(planted).not.toBe(stdout)
  writeFileSync(join(home.path, 'bin/sanctumctl'), `#!/bin/sh\ncat <<'END'\n${planted}END\n`)
  completeInBash(home, 'sanctumctl restart $(touch${IFS}evaluated) ', 'bash')
  expect(existsSync(join(home.path, 'evaluated'))).toBe(true)
})

test('the script may be sourced twice, and bash really calls it for a line', async () => {
  const home = await createHome()
  const script = `set -eu; source <(sanctumctl completion bash); source <(sanctumctl completion bash); complete -p sanctumctl sanctum`
  expect(run(home, ['bash', '-c', script])).toMatchObject({
    status: 0,
    stderr: '',
    stdout: 'complete -F _sanctumctl sanctumctl\ncomplete -F _sanctumctl sanctum\n',
  })
})

test('the script of bash is clean for shellcheck', async ({ skip }) => {
  if (missing('shellcheck')) skip('shellcheck is not on this machine')
  const home = await createHome()
  const { stdout } = run(home, ['sanctumctl', 'completion', 'bash'])
  const { status, stdout: said } = spawnSync('shellcheck', ['--shell=bash', '-'], { input: stdout, encoding: 'utf8' })
  expect([status, said]).toEqual([0, ''])
})

const broken: readonly (readonly [string, (home: Home) => Readonly<Record<string, string>>])[] = [
  ['a home that is missing', () => ({ HOME: '/nonexistent' })],
  ['a home that is a file', ({ path }) => ({ SANCTUM_HOME: join(path, 'a file.json') })],
  ['a home that is no path', () => ({ HOME: 'not absolute' })],
  ['a home with nothing in it', ({ path }) => ({ SANCTUM_HOME: join(path, 'a folder') })],
  [
    'services that are a link to nowhere',
    ({ path }) => {
      symlinkSync('nowhere', join(path, 'a folder/services'))
      return { SANCTUM_HOME: join(path, 'a folder') }
    },
  ],
]

test.each(broken)('%s: what is known without it, and not a word else', async (_what, damage) => {
  const home = await createHome()
  const hurt = { ...home, env: { ...home.env, ...damage(home) } }
  expect(run(hurt, ['sanctumctl', 'complete', '--', 'restart', ''])).toEqual({ status: 0, stdout: ':4\n', stderr: '' })
  expect(run(hurt, ['sanctumctl', 'complete', '--', 'res'])).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/^restart\t/),
  })
})

test('words that nobody would type: always an answer', async () => {
  const home = await createHome()
  for (const words of [[], ['\0'.slice(1)], ['--'], ['-'], ['='], ['--format', '='], ['--=', ''], ['é', '', ''], Array(500).fill('x')])
    expect(run(home, ['sanctumctl', 'complete', '--', ...words])).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/:\d+\n$/),
    })
})

test('help says how it is installed', async () => {
  const home = await createHome()
  const { stdout } = run(home, ['sanctumctl', 'completion', '--help'])
  for (const place of ['bash-completion/completions', '.zfunc/_sanctumctl', '.config/fish/completions']) expect(stdout).toContain(place)
  expect(readFileSync(join(repository, 'apps/cli/src/command-table.ts'), 'utf8')).not.toContain("path: ['complete']")
})
