import { expect, test } from 'vitest'
import { readRouterStatus } from './find-router.ts'

test('a foreign answer is told as one, wherever the status is read', async () => {
  const asked = readRouterStatus({ port: 8900, ask: async () => ({ status: 200, document: { data: [] } }) })
  await expect(asked).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'port 8900 answers, but not as a router of this version' })
})
