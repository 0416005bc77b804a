import { expect, test } from 'vitest'
import { tellOnce } from './tell-once.ts'

test('why it fails is told once, again where the reason is another, and again after it went well; who asked hears it each time', async () => {
  const logged: unknown[] = []
  const work = tellOnce<Error | null>(
    (_, event, fields) => void logged.push([event, fields?.['error']]),
    'starts-unwritten',
    async (error) => {
      if (error !== null) throw error
    },
  )
  const [full, broken] = [new Error('ENOSPC'), new Error('EIO')]
  for (const error of [full, full, broken, broken]) await expect(work(error)).rejects.toBe(error)
  await work(null)
  await expect(work(broken)).rejects.toBe(broken)
  expect(logged).toEqual([
    ['starts-unwritten', 'ENOSPC'],
    ['starts-unwritten', 'EIO'],
    ['starts-unwritten', 'EIO'],
  ])
})
