import { afterEach, describe, expect, it } from 'vitest'
import { exitCodes } from './exit-codes.ts'
import { Fault, faultCodes, toFault } from './fault.ts'
import { forgetSecrets, registerSecret } from './scrub.ts'

afterEach(forgetSecrets)

function systemError(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: it failed`), { code, ...(path === undefined ? {} : { path }) })
}

describe('toFault', () => {
  it.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EROFS', 'READ_ONLY'],
    ['EACCES', 'NOT_PERMITTED'],
    ['EPERM', 'NOT_PERMITTED'],
    ['EMFILE', 'TOO_MANY_FILES'],
    ['EIO', 'WRITE_FAILED'],
  ])('turns %s into %s, with path and errno', (errno, code) => {
    const cause = systemError(errno, '/haus/current')
    expect(toFault(cause, 'writing')).toMatchObject({
      code,
      errno,
      path: '/haus/current',
      message: `writing /haus/current failed: ${errno}`,
      cause,
    })
  })

  it('leaves a bug and a fault as they are', () => {
    const bug = new TypeError('x is undefined')
    const fault = new Fault('LOCKED', 'another run holds the lock')
    expect(toFault(bug, 'writing')).toBe(bug)
    expect(toFault(fault, 'writing')).toBe(fault)
    expect(toFault('text', 'writing')).toBe('text')
  })
})

describe('Fault', () => {
  it('holds no known secret in message or hint', () => {
    registerSecret('bridge', 'hunter2-hunter2')
    const { message, hint } = new Fault('UNAVAILABLE', 'no answer to hunter2-hunter2', { hint: 'ask hunter2-hunter2' })
    expect(`${message} ${hint}`).toBe('no answer to [secret:bridge] ask [secret:bridge]')
  })

  it.each(Object.entries(faultCodes))('%s has an exit code and a hint', (code, { exit, hint }) => {
    expect(exitCodes).toHaveProperty(exit)
    expect(hint).toMatch(/^[A-Z].*\.$/)
    expect(new Fault(code as keyof typeof faultCodes, 'x').hint).toBe(hint)
  })
})
