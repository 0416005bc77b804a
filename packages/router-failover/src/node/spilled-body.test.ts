import { fstatSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createSpilledBody } from './spilled-body.ts'

async function readAll(body: ReturnType<typeof createSpilledBody>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of body.read(null)) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

test('a reader that leaves early takes nothing from the next, and the file is closed once, by who owns it', async () => {
  const body = createSpilledBody()
  const bytes = Buffer.alloc(300_000, 'some bytes of a recording ')
  body.write(bytes)
  const left = body.read(null)
  for await (const _ of left) break
  expect(left.destroyed).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 20))
  // The numbers of closed files are given to whoever opens the next.
  const strangers = await Promise.all(Array.from({ length: 8 }, () => open('/dev/null')))
  expect((await readAll(body)).equals(bytes)).toBe(true)
  body.remove()
  body.remove()
  for (const { fd } of strangers) expect(() => fstatSync(fd)).not.toThrow()
  await expect(readAll(body)).rejects.toThrow('removed before it was read')
  await Promise.all(strangers.map((file) => file.close()))
})
