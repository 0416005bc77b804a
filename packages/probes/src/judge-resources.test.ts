import { describe, expect, test } from 'vitest'
import { judgeDisk, judgeMemory, parseMacMemory, parseMeminfo } from './judge-resources.ts'

describe('judgeDisk', () => {
  test.each([
    [84, 'passed'],
    [85, 'passed'],
    [86, 'failed'],
  ])('%i %% used of 85', (used, kind) => {
    expect(judgeDisk({ path: '/', maxUsedPercent: 85 }, { totalBytes: 1000, availableBytes: 1000 - used * 10 }).kind).toBe(kind)
  })

  test('a file system without a size', () => {
    expect(judgeDisk({ path: '/proc', maxUsedPercent: 85 }, { totalBytes: 0, availableBytes: 0 }).kind).toBe('could-not-check')
  })
})

describe('judgeMemory', () => {
  const seen = { totalBytes: 1000, availableBytes: 200, swapTotalBytes: 100, swapUsedBytes: 86 }
  test.each<readonly [string, Parameters<typeof judgeMemory>, string]>([
    ['enough', [{ minFreePercent: 20, maxSwapPercent: null }, seen], 'passed'],
    ['too little', [{ minFreePercent: 21, maxSwapPercent: null }, seen], 'exhausted'],
    ['too much swap', [{ minFreePercent: 20, maxSwapPercent: 85 }, seen], 'exhausted'],
    [
      'no swap',
      [
        { minFreePercent: 20, maxSwapPercent: 85 },
        { ...seen, swapTotalBytes: 0, swapUsedBytes: 0 },
      ],
      'passed',
    ],
    ['not told', [{ minFreePercent: 20, maxSwapPercent: null }, null], 'could-not-check'],
  ])('%s', (_, given, expected) => {
    const sight = judgeMemory(...given)
    expect(sight.kind === 'failed' ? sight.cause : sight.kind).toBe(expected)
  })
})

test('what Linux tells', () => {
  const text =
    'MemTotal:       8000000 kB\nMemFree:         100000 kB\nMemAvailable:   2000000 kB\nSwapTotal:      1000000 kB\nSwapFree:        400000 kB\n'
  expect(parseMeminfo(text)).toEqual({
    totalBytes: 8_192_000_000,
    availableBytes: 2_048_000_000,
    swapTotalBytes: 1_024_000_000,
    swapUsedBytes: 614_400_000,
  })
  expect(parseMeminfo('MemTotal: 1 kB')).toBeNull()
})

test('what macOS prints', () => {
  const vmStat = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10000.
Pages active:                            500000.
Pages inactive:                           20000.
Pages speculative:                         5000.
`
  expect(parseMacMemory(vmStat, 'total = 2048.00M  used = 512.50M  free = 1535.50M  (encrypted)', 64 * 1024 ** 3)).toEqual({
    totalBytes: 64 * 1024 ** 3,
    availableBytes: 35_000 * 16_384,
    swapTotalBytes: 2048 * 1024 ** 2,
    swapUsedBytes: 512.5 * 1024 ** 2,
  })
  expect(parseMacMemory('', '', 1)).toBeNull()
})
