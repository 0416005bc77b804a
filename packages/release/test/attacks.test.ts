import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TrustedRelease } from '@sanctum/contracts'
import {
  judgeRelease,
  LIFETIME_DAYS,
  type ReleaseInput,
  type ReleaseJudgement,
  renderStatement,
  SIGNATURE,
  toStatement,
} from '@sanctum/release'
import {
  createKey,
  distrust,
  introduceKey,
  listTrusted,
  readReleaseFolder,
  readTrust,
  signStatement,
  type TrustedSigner,
  toFiles,
  trustKey,
  writeRelease,
  writeTrust,
} from '@sanctum/release/node'
import { createRandom } from '@sanctum/testkit'
import { createTemporaryFolder, recordProof } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const DAY_MS = 86_400_000
const made = Date.UTC(2026, 10, 1)
const now = made + 10 * DAY_MS
const seed = Number(process.env['SANCTUM_TEST_SEED'] ?? Date.now() % 1e9)
const flips = process.env['SANCTUM_TEST_LONG'] === '1' ? 5_000 : 500
const digest = (text: string) => createHash('sha256').update(text).digest('hex')

const ours = createKey()
const theirs = createKey()
let scratch: Awaited<ReturnType<typeof createTemporaryFolder>>
const at = (name: string) => join(scratch.path, name)
let refusals = 0
let failures = 0

beforeAll(async () => {
  scratch = await createTemporaryFolder()
  await make('old', '1.0.0')
  await make('new', '1.1.0')
})
afterAll(async () => {
  await scratch.remove()
  console.info(`${refusals} altered releases refused; seed ${seed}`)
  recordProof({ programme: 'release-attacks', seed, counts: { refused: refusals }, failures, guards: ['packages/release'] })
})

async function make(name: string, version: string, { key = ours.privateKey, madeAtMs = made } = {}) {
  const contents = { 'sanctum-cli.tgz': `cli ${version}`, 'sanctum-contracts.tgz': `contracts ${version}`, 'RELEASE.md': `# ${version}\n` }
  return writeRelease(at(name), { version, revision: 'a'.repeat(40), madeAtMs, node: 'v26', contents, privateKey: key })
}

interface Look {
  readonly last?: TrustedRelease | null
  readonly keys?: readonly string[]
  readonly time?: number
  readonly judge?: (input: ReleaseInput) => ReleaseJudgement
}

async function look(name: string, { last = null, keys = [ours.publicKey], time = now, judge = judgeRelease }: Look = {}) {
  const seen = await readReleaseFolder(at(name), { keys, identities: [] })
  if (seen === null) throw new Error(`${name} is not there`)
  return judge({ ...seen, last, now: time, digest })
}

async function codes(name: string, options: Look = {}): Promise<readonly string[]> {
  const judgement = await look(name, options)
  if (judgement.kind === 'trusted') {
    failures++
    return []
  }
  refusals++
  return [...new Set(judgement.findings.map(({ code }) => code))]
}

async function trustOf(name: string): Promise<TrustedRelease> {
  const judgement = await look(name)
  if (judgement.kind !== 'trusted') throw new Error(`${name} is not trusted`)
  return judgement.trust
}

/** A copy that somebody got hold of. */
function altered(change: (folder: string) => void): string {
  const name = `altered-${Math.random()}`
  cpSync(at('new'), at(name), { recursive: true })
  change(at(name))
  return name
}

test('a release is trusted as it was made, again and again, and a later one after it', async () => {
  expect((await look('old')).kind).toBe('trusted')
  const last = await trustOf('old')
  expect((await look('old', { last })).kind).toBe('trusted')
  expect((await look('new', { last })).kind).toBe('trusted')
})

test('a release that is made again of the same is the same to the byte, its signature with it; of another it is signed anew', async () => {
  const bytes = () => readdirSync(at('again')).map((name) => [name, readFileSync(join(at('again'), name), 'base64')])
  expect((await make('again', '1.1.0')).isSignatureKept).toBe(false)
  const first = bytes()
  expect((await make('again', '1.1.0')).isSignatureKept).toBe(true)
  expect(bytes()).toEqual(first)
  expect((await make('again', '1.2.0')).isSignatureKept).toBe(false)
  expect((await make('again', '1.2.0', { key: theirs.privateKey })).isSignatureKept).toBe(false)
})

describe('what is not a release of ours is not written over', () => {
  test('a folder without a signature', async () => {
    cpSync(at('new'), at('diary'), { recursive: true })
    rmSync(join(at('diary'), SIGNATURE))
    await expect(make('diary', '1.1.0')).rejects.toThrow('no release')
  })

  test('planted: a file, a link, and a release with a strange file or folder in it', async () => {
    writeFileSync(at('letter'), 'dear')
    symlinkSync(at('new'), at('link'))
    for (const name of ['letter', 'link']) await expect(make(name, '1.1.0')).rejects.toThrow('is no folder')
    const mine = altered((folder) => writeFileSync(join(folder, 'diary.txt'), 'mine'))
    const deep = altered((folder) => mkdirSync(join(folder, 'photos')))
    await expect(make(mine, '1.2.0')).rejects.toThrow('such as diary.txt')
    await expect(make(deep, '1.2.0')).rejects.toThrow('such as photos')
    expect([readFileSync(at('letter'), 'utf8'), readFileSync(join(at(mine), 'diary.txt'), 'utf8')]).toEqual(['dear', 'mine'])
  })

  test('a slash at the end names the same folder', async () => {
    await make('slash/', '1.0.0')
    await make('slash/', '1.1.0')
    expect((await look('slash')).kind).toBe('trusted')
    expect(readdirSync(scratch.path).filter((name) => name.startsWith('slash'))).toEqual(['slash'])
  })

  test('killed between two names the old one comes back, and half a new one is gone', async () => {
    // The second has the number of this run, as in a container.
    cpSync(at('old'), at(`torn.old-${process.pid}`), { recursive: true })
    for (const dead of [2 ** 22 + 1, process.pid]) {
      mkdirSync(at(`torn.new-${dead}`))
      for (const [name, text] of Object.entries({ '.unfinished': UNFINISHED, 'RELEASE.md': '' }))
        writeFileSync(at(`torn.new-${dead}/${name}`), text)
    }
    // The power failed while the mark was written: nothing, a part or zeros of it came to the disk.
    for (const [count, text] of ['', UNFINISHED.slice(0, 20), '\0'.repeat(UNFINISHED.length)].entries()) {
      mkdirSync(at(`torn.new-${2 ** 22 + 2 + count}`))
      writeFileSync(at(`torn.new-${2 ** 22 + 2 + count}/.unfinished`), text)
    }
    // Cut off just before its mark was taken away: it has its statement too.
    cpSync(at('old'), at(`torn.new-${process.pid}`), { recursive: true })
    const kept = readFileSync(join(at('old'), SIGNATURE), 'utf8')
    await make('torn', '1.0.0')
    expect(readFileSync(join(at('torn'), SIGNATURE), 'utf8')).toBe(kept)
    expect(readdirSync(scratch.path).filter((name) => name.startsWith('torn'))).toEqual(['torn'])
  })

  test('planted: folders of somebody that have the names of half a release, and of an old one, stay where they are', async () => {
    const dead = 2 ** 22 + 1
    for (const kind of ['new', 'old']) {
      mkdirSync(at(`mine.${kind}-${dead}`))
      writeFileSync(at(`mine.${kind}-${dead}/diary.txt`), 'mine')
    }
    writeFileSync(at(`mine.new-${dead}/.unfinished`), 'a poem')
    // An empty one beside something else is no mark of ours: ours is on the disk before anything else is begun.
    writeFileSync(at(`mine.old-${dead}/.unfinished`), '')
    await make('mine', '1.0.0')
    const names = ['mine', `mine.new-${dead}`, `mine.old-${dead}`]
    expect(readdirSync(scratch.path).filter((name) => name.startsWith('mine'))).toEqual(names)
    expect(readdirSync(at(`mine.new-${dead}`))).toEqual(['.unfinished', 'diary.txt'])
    mkdirSync(at(`own.new-${process.pid}`))
    writeFileSync(at(`own.new-${process.pid}/diary.txt`), 'mine')
    await expect(make('own', '1.0.0')).rejects.toThrow('EEXIST')
    expect(readdirSync(at(`own.new-${process.pid}`))).toEqual(['diary.txt'])
  })
})

test('what no trusted key signed is not read, nor what has another size', async () => {
  const folder = altered((into) => {
    writeFileSync(join(into, 'extra'), 'x')
    truncateSync(join(into, 'RELEASE.md'), 1)
  })
  const read = async (keys: readonly string[]) =>
    (await readReleaseFolder(at(folder), { keys, identities: [] }))?.files.filter(({ sha256 }) => sha256 !== null).map(({ name }) => name)
  expect(await read([])).toEqual([])
  expect(await read([theirs.publicKey])).toEqual([])
  expect(await read([ours.publicKey])).toEqual(['SHA256SUMS', 'sanctum-cli.tgz', 'sanctum-contracts.tgz'])
})

const UNFINISHED = 'Half a release of Sanctum: the run that wrote it was cut off, and the next one takes it away.\n'

describe('refused', () => {
  test('rollback: an older one after a newer one', async () => {
    expect(await codes('old', { last: await trustOf('new') })).toEqual(['RELEASE_OLDER'])
  })

  test('freeze: one that has expired, also where the clock was set back after a newer one had been seen', async () => {
    const late = made + (LIFETIME_DAYS + 1) * DAY_MS
    expect(await codes('new', { time: late })).toEqual(['RELEASE_EXPIRED'])
    expect(await codes('new', { last: { ...(await trustOf('old')), trusted_at_ms: late } })).toEqual(['RELEASE_EXPIRED'])
  })

  test('fast-forward: a stranger cannot push the version so high that nothing follows', async () => {
    await make('far', '999.0.0', { key: theirs.privateKey })
    expect(await codes('far')).toEqual(['RELEASE_SIGNER_UNKNOWN'])
  })

  test('mix and match: a file of another release, and the same version with other files', async () => {
    const mixed = altered((folder) => cpSync(join(at('old'), 'sanctum-contracts.tgz'), join(folder, 'sanctum-contracts.tgz')))
    expect(await codes(mixed)).toEqual(['RELEASE_ALTERED'])
    await make('twin', '1.1.0', { madeAtMs: made + 1 })
    expect(await codes('twin', { last: await trustOf('new') })).toEqual(['RELEASE_ALTERED'])
  })

  test('wrong key: signed by another, nobody trusted yet, and a hint that names ours', async () => {
    await make('stranger', '1.1.0', { key: theirs.privateKey })
    expect(await codes('stranger')).toEqual(['RELEASE_SIGNER_UNKNOWN'])
    expect(await codes('new', { keys: [] })).toEqual(['RELEASE_SIGNER_UNKNOWN'])
    const [from, to] = await Promise.all([hintOf('stranger'), hintOf('new')])
    const file = join(at('stranger'), SIGNATURE)
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
    expect(await codes('stranger')).toEqual(['RELEASE_ALTERED'])
  })

  test('wrong identity: a certificate in place of the key', async () => {
    const certified = altered((folder) =>
      rewrite(folder, (bundle) => {
        bundle.verificationMaterial = {
          certificate: { rawBytes: 'AAAA' },
          tlogEntries: [],
          timestampVerificationData: { rfc3161Timestamps: [] },
        }
      }),
    )
    expect((await codes(certified))[0]).toMatch(/RELEASE_(UNSIGNED|SIGNER_UNKNOWN)/)
  })

  test('stripped signature: no file, no signature in it, nothing in it, one of another form', async () => {
    expect(await codes(altered((folder) => rmSync(join(folder, SIGNATURE))))).toEqual(['RELEASE_UNSIGNED'])
    expect(await codes(altered((folder) => writeFileSync(join(folder, SIGNATURE), '')))).toEqual(['RELEASE_UNSIGNED'])
    const bare = altered((folder) => rewrite(folder, (bundle) => bundle.dsseEnvelope.signatures.pop()))
    expect(await codes(bare)).toEqual(['RELEASE_UNSIGNED'])
    const older = altered((folder) => rewrite(folder, (bundle) => (bundle.mediaType = bundle.mediaType.replace('v0.3', 'v0.2'))))
    expect(await codes(older)).toEqual(['RELEASE_UNSIGNED'])
  })

  test('swapped bundle: the signature of another release, or over something else', async () => {
    const swapped = altered((folder) => cpSync(join(at('old'), SIGNATURE), join(folder, SIGNATURE)))
    expect(await codes(swapped)).toEqual(['RELEASE_ALTERED'])
    const other = await signStatement('{"anything":"else"}', { privateKey: ours.privateKey })
    expect(await codes(altered((folder) => writeFileSync(join(folder, SIGNATURE), other)))).toEqual(['RELEASE_ALTERED'])
  })

  test('a statement that says more than we write, or the same in other words', async () => {
    const files = toFiles({ a: 'a' })
    const text = renderStatement(toStatement({ version: '2.0.0', revision: 'r', madeAtMs: made, node: 'v26', files }))
    for (const payload of [text.trimEnd(), text.replace('"revision"', '"extra": 1,\n    "revision"'), text.replace('2.0.0', 'newest')]) {
      const signed = await signStatement(payload, { privateKey: ours.privateKey })
      expect(await codes(altered((folder) => writeFileSync(join(folder, SIGNATURE), signed)))).toEqual(['RELEASE_ALTERED'])
    }
  })

  test('truncated and endless: every file cut by one byte, by half and to nothing, and grown', async () => {
    for (const name of readdirSync(at('new'))) {
      const size = readFileSync(join(at('new'), name)).length
      for (const length of [size - 1, Math.floor(size / 2), 0])
        expect(await codes(altered((folder) => truncateSync(join(folder, name), length)))).not.toEqual([])
      expect(await codes(altered((folder) => writeFileSync(join(folder, name), ' ', { flag: 'a' })))).not.toEqual([])
    }
    // A hole of a gigabyte takes no room and is not read.
    expect(await codes(altered((folder) => truncateSync(join(folder, 'sanctum-cli.tgz'), 2 ** 30)))).toEqual(['RELEASE_ALTERED'])
    expect(await codes(altered((folder) => truncateSync(join(folder, SIGNATURE), 2 ** 30)))).toEqual(['RELEASE_UNSIGNED'])
  })

  test('extra and missing files, folders and links', async () => {
    expect(await codes(altered((folder) => writeFileSync(join(folder, 'install.sh'), '')))).toEqual(['RELEASE_ALTERED'])
    expect(await codes(altered((folder) => mkdirSync(join(folder, 'more'))))).toEqual(['RELEASE_ALTERED'])
    expect(await codes(altered((folder) => rmSync(join(folder, 'RELEASE.md'))))).toEqual(['RELEASE_ALTERED'])
    const linked = altered((folder) => {
      rmSync(join(folder, 'RELEASE.md'))
      symlinkSync(join(at('new'), 'RELEASE.md'), join(folder, 'RELEASE.md'))
    })
    expect(await codes(linked)).toEqual(['RELEASE_ALTERED'])
    const many = altered((folder) => {
      for (let count = 0; count < 1100; count++) writeFileSync(join(folder, `f${count}`), '')
    })
    expect(await codes(many)).toEqual(['RELEASE_ALTERED'])
    const strange = altered((folder) => writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]), ''))
    expect(await codes(strange)).toEqual(['RELEASE_ALTERED'])
  })

  test(`${flips} random bits, in any file, the signature among them`, async () => {
    const random = createRandom(seed)
    const pick = (count: number) => Math.floor(random(count))
    const names = readdirSync(at('new'))
    cpSync(at('new'), at('flipped'), { recursive: true })
    for (let round = 0; round < flips; round++) {
      const name = names[pick(names.length)] as string
      const file = join(at('flipped'), name)
      const good = readFileSync(join(at('new'), name))
      const bad = Buffer.from(good)
      const byte = pick(bad.length)
      bad[byte] = (bad[byte] as number) ^ (1 << pick(8))
      writeFileSync(file, bad)
      const found = await codes('flipped')
      expect([seed, name, byte, found.length > 0]).toEqual([seed, name, byte, true])
      writeFileSync(file, good)
    }
    expect((await look('flipped')).kind).toBe('trusted')
  }, 120_000)
})

describe('planted', () => {
  test('a verification that forgets what was trusted lets the old release in, and the test of rollback sees it', async () => {
    const forgetful = (input: ReleaseInput) => judgeRelease({ ...input, last: null })
    const judgement = await look('old', { last: await trustOf('new'), judge: forgetful })
    expect(judgement.kind).toBe('trusted')
  })

  test('a verification that believes the list of checksums lets a changed file in', async () => {
    const changed = altered((folder) => {
      const good = digest(readFileSync(join(folder, 'RELEASE.md'), 'utf8'))
      writeFileSync(join(folder, 'RELEASE.md'), '# 9.9.9\n')
      const list = join(folder, 'SHA256SUMS')
      writeFileSync(list, readFileSync(list, 'utf8').replace(good, digest('# 9.9.9\n')))
    })
    // What sha256sum --check does, and all that it can know.
    const lines = readFileSync(join(at(changed), 'SHA256SUMS'), 'utf8')
      .trimEnd()
      .split('\n')
    const believing = lines.every((line) => {
      const [sum, name] = line.split('  ') as [string, string]
      return digest(readFileSync(join(at(changed), name), 'utf8')) === sum
    })
    expect(believing).toBe(true)
    expect(await codes(changed)).toEqual(['RELEASE_ALTERED'])
  })
})

describe('trust', () => {
  test('what is trusted lies outside and outlives the process; what is damaged there is not taken for nothing', async () => {
    const folder = at('trust')
    expect(await readTrust(folder)).toEqual({ keys: [], identities: [], last: null })
    await trustKey(folder, ours.privateKey)
    await writeTrust(folder, await trustOf('new'))
    expect(await readTrust(folder)).toEqual({ keys: [ours.publicKey], identities: [], last: await trustOf('new') })
    // Cut off while it was put out, and while it was let in again: both files are there, and it is out.
    const [known] = await listTrusted(folder)
    if (known?.kind !== 'key') throw new Error('no key is trusted')
    const left = known.file.replace(/pem$/, 'put-out')
    writeFileSync(left, known.pem)
    expect([await listTrusted(folder), (await introduceKey(folder, ours.privateKey)).kind]).toEqual([[], 'put-out'])
    await trustKey(folder, known.pem)
    expect((await readTrust(folder)).keys).toEqual([ours.publicKey])
    // Planted: what signs again does not let itself in again.
    const [signer] = await listTrusted(folder)
    await distrust(folder, signer as TrustedSigner)
    const out = await introduceKey(folder, ours.privateKey)
    expect([out.kind, (await readTrust(folder)).keys, readFileSync(out.file, 'utf8')]).toEqual(['put-out', [], ours.publicKey])
    await trustKey(folder, readFileSync(out.file, 'utf8'))
    expect((await introduceKey(folder, ours.privateKey)).kind).toBe('trusted')
    expect((await readTrust(folder)).keys).toEqual([ours.publicKey])
    writeFileSync(join(folder, 'last-release.json'), '{}')
    await expect(readTrust(folder)).rejects.toMatchObject({ hint: expect.stringContaining('is the newest') })
    writeFileSync(join(folder, 'release-keys/mine.pem'), 'torn')
    await expect(readTrust(folder)).rejects.toMatchObject({ hint: expect.stringContaining('let in again') })
  })
})

// biome-ignore lint/suspicious/noExplicitAny: a bundle is torn apart as a stranger would
function rewrite(folder: string, change: (bundle: any) => void): void {
  const file = join(folder, SIGNATURE)
  const bundle = JSON.parse(readFileSync(file, 'utf8'))
  change(bundle)
  writeFileSync(file, `${JSON.stringify(bundle, null, 2)}\n`)
}

async function hintOf(name: string): Promise<string> {
  return JSON.parse(readFileSync(join(at(name), SIGNATURE), 'utf8')).verificationMaterial.publicKey.hint
}
