import { expect, test } from 'vitest'
import type { InspectPort } from '../ports.ts'
import { findFullDisk } from './find-full-disk.ts'

const look = (disk: Awaited<ReturnType<InspectPort['disk']>>) =>
  findFullDisk({
    home: '/home/neo/.sanctum',
    files: { toShown: () => '~/.sanctum' },
    inspect: async () => ({ disk: async () => disk }) as unknown as InspectPort,
  })

test.each([
  ['there is no such folder', null, []],
  ['some room is left', { id: '1', totalMb: 1000, freeMb: 50 }, []],
  ['nothing is left', { id: '1', totalMb: 1000, freeMb: 0.01 }, ['DISK_FULL']],
])('%s', async (_, disk, codes) => {
  expect((await look(disk)).map(({ code }) => code)).toEqual(codes)
})
