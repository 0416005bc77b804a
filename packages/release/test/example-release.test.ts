import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { judgeRelease, SIGNATURE } from '@sanctum/release'
import { createKey, readReleaseFolder, writeRelease } from '@sanctum/release/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'

/**
 * The release that the documentation judges. Its day lies far ahead, so that the example does not expire with time; nobody has its private
 * key. UPDATE_GOLDEN=1 makes it anew, with another key, only where it is not what would be written now: no update changes it for nothing.
 */
const folder = fileURLToPath(new URL('../../../docs/fixtures', import.meta.url))
const release = join(folder, 'sanctum-1.2.0')
const key = join(folder, 'release-key.pem')
const made = Date.UTC(2100, 0, 1)

test('the example of the documentation is a release that may be trusted by the key beside it', async () => {
  if (process.env['UPDATE_GOLDEN'] === '1' && !(await isCurrent())) await makeAnew()
  const seen = await readReleaseFolder(release, { keys: [readFileSync(key, 'utf8')], identities: [] })
  if (seen === null) throw new Error('there is no example')
  const digest = (text: string) => createHash('sha256').update(text).digest('hex')
  expect(judgeRelease({ ...seen, last: null, now: made, digest })).toMatchObject({ kind: 'trusted' })
})

const parts = {
  version: '1.2.0',
  revision: '0'.repeat(40),
  madeAtMs: made,
  node: 'v26.10.0',
  contents: { 'RELEASE.md': '# Sanctum 1.2.0\n\nAn example, with nothing in it to install.\n', 'sanctum-1.2.0.tar.gz': 'an example\n' },
}

test('the example is what would be written now, but for who signed it', async () => {
  expect(await isCurrent()).toBe(true)
})

/** Another key makes another signature: what is signed is compared, and every file beside it. */
async function isCurrent(): Promise<boolean> {
  await using scratch = await createTemporaryFolder()
  const { privateKey, publicKey } = createKey()
  await writeRelease(join(scratch.path, 'fresh'), { ...parts, privateKey })
  return (
    JSON.stringify(await look(join(scratch.path, 'fresh'), publicKey)) === JSON.stringify(await look(release, readFileSync(key, 'utf8')))
  )
}

async function look(folder: string, pem: string) {
  const seen = await readReleaseFolder(folder, { keys: [pem], identities: [] })
  return seen === null || seen.signature.kind !== 'good'
    ? null
    : [seen.signature.payload, seen.files.filter(({ name }) => name !== SIGNATURE)]
}

async function makeAnew(): Promise<void> {
  const { privateKey, publicKey } = createKey()
  rmSync(release, { recursive: true, force: true })
  await writeRelease(release, { ...parts, privateKey })
  writeFileSync(key, publicKey)
}
