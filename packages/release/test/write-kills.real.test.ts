import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { judgeRelease } from '@sanctum/release'
import { createKey, readReleaseFolder, writeRelease } from '@sanctum/release/node'
import { createRandom } from '@sanctum/testkit'
import { bundleProgram } from '@sanctum/testkit/bundle-program'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { afterAll, beforeAll, expect, test } from 'vitest'

const isLong = process.env['SANCTUM_TEST_LONG'] === '1'
const KILLS = isLong ? 500 : 8
const seed = Number(process.env['SANCTUM_TEST_SEED'] ?? Date.now() % 1e9)
const key = createKey()

let scratch: Awaited<ReturnType<typeof createTemporaryFolder>>
let program: string
beforeAll(async () => {
  scratch = await createTemporaryFolder()
  program = await bundleProgram(new URL('write-for-ever.ts', import.meta.url), scratch.path)
})
afterAll(() => scratch.remove())

test(`${KILLS} kills while a release is written: what lies there is one that is whole, and the next run leaves nothing else`, async () => {
  const beside = join(scratch.path, 'beside')
  mkdirSync(beside)
  const folder = join(beside, 'release')
  const random = createRandom(seed)
  let torn = 0
  for (let round = 0; round < KILLS; round++) {
    await writeAndKill(folder, random(25))
    // Between its two renames there is neither; the old one is kept beside it under another name.
    const names = readdirSync(beside)
    if (names.length !== 1) torn++
    if (names.includes('release')) expect([seed, round, await judge(folder)]).toEqual([seed, round, 'trusted'])
    else expect([seed, round, names.some((name) => name.startsWith('release.old-'))]).toEqual([seed, round, true])
    await write(folder, '1.2.0')
    expect([seed, round, readdirSync(beside), await judge(folder)]).toEqual([seed, round, ['release'], 'trusted'])
  }
  console.info(`${torn} of ${KILLS} kills left half a release beside it; seed ${seed}`)
}, 600_000)

async function writeAndKill(folder: string, delayMs: number): Promise<void> {
  const child = spawn(process.execPath, [program, folder, key.privateKey], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  await pause(delayMs)
  child.kill('SIGKILL')
  await once(child, 'exit')
}

test('a disk that is full leaves the old release as it was, and nothing beside it', () => {
  // Only in a mount namespace of its own; as an ordinary user with a user namespace around it.
  const own = process.geteuid?.() === 0 ? ['-m'] : ['-rm']
  const tried = spawnSync('unshare', [...own, 'true'], { encoding: 'utf8' })
  if (tried.status !== 0) return console.info(`a full disk was not tried: ${tried.error?.message ?? tried.stderr.trim()}`)
  const disk = join(scratch.path, 'disk')
  mkdirSync(disk)
  // Room for one release of 1.2 MB and not for a second beside it.
  const script = `mount -t tmpfs -o size=2m tmpfs "$2" && ! "$0" "$1" "$2/release" "$3" && ls -A "$2" && cp -r "$2/release" "$4"`
  const words = [...own, 'sh', '-c', script, process.execPath, program, disk, key.privateKey, join(scratch.path, 'kept')]
  const { stdout, stderr } = spawnSync('unshare', words, { encoding: 'utf8' })
  expect([stdout, stderr]).toEqual(['1.0.0\nrelease\n', expect.stringContaining('ENOSPC')])
  return judge(join(scratch.path, 'kept')).then((kind) => expect(kind).toBe('trusted'))
})

function write(folder: string, version: string) {
  const release = { version, revision: 'b'.repeat(40), madeAtMs: 1_800_000_000_000, node: 'v26', privateKey: key.privateKey }
  return writeRelease(folder, { ...release, contents: { 'part.tgz': version } })
}

async function judge(folder: string): Promise<string> {
  const seen = await readReleaseFolder(folder, { keys: [key.publicKey], identities: [] })
  if (seen === null) return 'missing'
  const digest = (text: string) => createHash('sha256').update(text).digest('hex')
  return judgeRelease({ ...seen, last: null, now: 1_800_000_000_000, digest }).kind
}
