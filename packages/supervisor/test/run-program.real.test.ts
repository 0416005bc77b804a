import { runProgram } from '@sanctum/supervisor/node'
import { describe, expect, it } from 'vitest'

describe('runProgram', () => {
  it.each([
    ['an end', '/bin/sh', ['-c', 'echo "$LC_ALL"; echo bad >&2; exit 3'], { code: 3, stdout: 'C\n', stderr: 'bad\n' }],
    ['success', '/bin/sh', ['-c', 'exit 0'], { code: 0, stdout: '', stderr: '' }],
    ['no such program', 'no-such-program-here', [], { code: 127 }],
  ] as const)('%s is data', async (_name, program, args, expected) => {
    expect(await runProgram(program, args)).toMatchObject(expected)
  })

  it('ends what takes too long', async () => {
    expect((await runProgram('/bin/sleep', ['1000'], { timeoutMs: 100 })).code).toBe(124)
  })
})
