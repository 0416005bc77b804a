import { expect, it } from 'vitest'
import { exitCodes } from './exit-codes.ts'

it('gives every exit code one meaning', () => {
  const codes = Object.values(exitCodes).map(({ code }) => code)
  expect(new Set(codes).size).toBe(codes.length)
  expect(codes.every((code) => Number.isInteger(code) && code >= 0 && code <= 255)).toBe(true)
})

it('keeps the numbers that scripts rely on', () => {
  expect(Object.fromEntries(Object.entries(exitCodes).map(([name, { code }]) => [name, code]))).toEqual({
    ok: 0,
    problems: 1,
    pending: 2,
    reverted: 3,
    stuck: 4,
    gateWorkingTree: 20,
    gateTests: 21,
    gateDoctor: 22,
    gateVerify: 23,
    gateDocs: 24,
    gateContracts: 25,
    gatePackages: 26,
    gateLedgers: 27,
    releaseVersion: 28,
    releaseRefused: 29,
    usage: 64,
    invalid: 65,
    unavailable: 69,
    bug: 70,
    cannotWrite: 73,
    locked: 75,
    permission: 77,
    hostConfig: 78,
    interrupted: 130,
    terminated: 143,
  })
})
