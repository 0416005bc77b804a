import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exitCodes } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Runs `sanctumd` with these words. */
function run(
  words: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...environment }, timeout: 60_000 }
    execFile(process.execPath, ['--conditions=@sanctum/source', program, ...words], options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
    )
  })
}

describe('sanctumd', () => {
  test('tells its version and its help on stdout', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: 'sanctumd 0.0.0\n', stderr: '' })
    const help = await run(['--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    for (const { code } of Object.values(exitCodes)) expect(help.stdout).toMatch(new RegExp(`^ +${code}  \\S`, 'm'))
  })

  test('a word that it does not know: what was meant, on stderr, with 64', async () => {
    expect(await run(['watchdgo'])).toEqual({
      code: 64,
      stdout: '',
      stderr: 'sanctumd: there is no role "watchdgo". Did you mean watchdog?\n',
    })
  })

  test('a home that is no absolute folder is the configuration of this host: 78', async () => {
    const { code, stdout } = await run(['dashboard'], { SANCTUM_HOME: 'here' })
    expect(code).toBe(78)
    expect(JSON.parse(stdout)).toMatchObject({ level: 'error', role: 'dashboard', event: 'home-invalid' })
  })

  test('a home that cannot be is said plainly, and is no bug', async () => {
    const { code, stdout } = await run(['watchdog', '--home', join(program, 'below-a-file')])
    expect(code).toBe(exitCodes.cannotWrite.code)
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      level: 'error',
      event: 'role-failed',
      hint: expect.any(String),
    })
  })
})
