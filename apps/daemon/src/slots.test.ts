import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

test('never more than the limit at once, in the order of the calls, and a failure frees its slot', async () => {
  const slots = createSlots(2)
  const order: number[] = []
  let under = 0
  let most = 0
  const work = (index: number) => async () => {
    order.push(index)
    most = Math.max(most, ++under)
    await Promise.resolve()
    under--
    if (index === 1) throw new Error('planted')
    return index
  }
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map((index) => slots.run(work(index))))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
  expect(order).toEqual([0, 1, 2, 3, 4])
  expect(most).toBe(2)

  // Idle again, it has as many slots as at first.
  most = 0
  await Promise.all([5, 6, 7].map((index) => slots.run(work(index))))
  expect(most).toBe(2)
})
