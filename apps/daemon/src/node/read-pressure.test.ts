import { judgePressure } from '@sanctum/supervisor'
import { expect, test } from 'vitest'
import { fromMeminfo, fromMemoryPressure } from './read-pressure.ts'

const meminfo = `MemTotal:       16384000 kB
MemFree:          204800 kB
MemAvailable:    8192000 kB
SwapTotal:       2048000 kB
SwapFree:        1024000 kB
`

test('of Linux what is available counts, not what is free', () => {
  expect(fromMeminfo(meminfo)).toEqual({ totalMb: 16_000, availableMb: 8000, swapTotalMb: 2000, swapUsedMb: 1000 })
  expect(judgePressure(fromMeminfo(meminfo))?.holdsHeals).toBe(false)
  expect(judgePressure(fromMeminfo(meminfo.replace('8192000', '819200')))?.holdsHeals).toBe(true)
})

test('of a Mac the percentage that counts what could be given back', () => {
  const said = 'The system has 68719476736 (4194304 pages with a page size of 16384).\nSystem-wide memory free percentage: 78%\n'
  expect(fromMemoryPressure(said)).toEqual({ totalMb: 65_536, availableMb: 51_118, swapTotalMb: 0, swapUsedMb: 0 })
  expect(judgePressure(fromMemoryPressure(said.replace('78%', '6%')))?.holdsHeals).toBe(true)
})

test('a machine that does not say is under no pressure', () => {
  expect(judgePressure(fromMeminfo(''))).toBeNull()
  expect(judgePressure(fromMemoryPressure('memory_pressure: not found'))).toBeNull()
})
