import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Haus, Surface } from '@sanctum/contracts'
import { renderHaus } from '@sanctum/render'
import { sha256 } from '@sanctum/testkit/node'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildManoirLike } from './hauses/build-manoir-like.ts'
import { buildSample, expectReplaced, hostileFor, replaceLeaves } from './hostile.ts'

const launchd: Haus['manager'] = { kind: 'launchd', version: 15 }
const reader = fileURLToPath(new URL('oracle/read-plists.py', import.meta.url))

/** What Python's plistlib makes of all of them, in one process. */
function readPlists(texts: readonly string[]): readonly Record<string, unknown>[] {
  const input = texts.map((text) => `${JSON.stringify(text)}\n`).join('')
  const { status, stderr, stdout } = spawnSync('python3', [reader], { input, encoding: 'utf8', maxBuffer: 1 << 30, timeout: 100_000 })
  expect([stderr, status]).toEqual(['', 0])
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

function plistsOf(haus: Haus): { readonly plists: readonly Surface[]; readonly isRefused: boolean } {
  const { findings, surfaces } = renderHaus(haus, { digest: sha256, targets: ['launchd'] })
  return { plists: surfaces, isRefused: findings.some(({ severity }) => severity === 'error') }
}

describe('plists', () => {
  it('of a haus like manoir read the same in a second parser', () => {
    const { isRefused, plists } = plistsOf(buildManoirLike(launchd))
    expect(isRefused).toBe(false)
    const read = readPlists(plists.map(({ content }) => content))
    const byLabel = Object.fromEntries(read.map((job) => [job.Label as string, job]))
    expect(Object.keys(byLabel).sort()).toEqual(plists.map(({ unit }) => unit?.name ?? '').sort())
    expect(byLabel['com.sanctum.force-flow']).toMatchObject({
      UserName: 'neo',
      RunAtLoad: true,
      KeepAlive: true,
      ExitTimeOut: 10,
      EnvironmentVariables: { GREETING: 'bonjour à tous; 100% "sûr"' },
    })
    expect(byLabel['com.sanctum.mlx-py-fallback']).not.toHaveProperty('RunAtLoad')
    expect(byLabel['com.sanctum.mlx-py-fallback']).not.toHaveProperty('KeepAlive')
    expect(byLabel['com.sanctum.version-check']?.StartCalendarInterval).toEqual([
      { Weekday: 1, Hour: 7, Minute: 0 },
      { Day: 1, Hour: 0, Minute: 0 },
      { Month: 12, Day: 24, Hour: 8, Minute: 30 },
    ])
  })

  const seed = Number(process.env.FAST_CHECK_SEED ?? 20261128)

  it(`with hostile texts hold the same keys and exactly these texts (seed ${seed})`, () => {
    const { haus, leaves } = buildSample(launchd)
    const [clean] = readPlists(
      plistsOf(haus)
        .plists.filter(({ subject }) => subject === 'subject')
        .map(({ content }) => content),
    )
    const content = plistsOf(haus)
      .plists.map((plist) => plist.content)
      .join('')
    const usable = leaves.filter(({ kind, sentinel }) => kind !== 'name' && content.includes(sentinel))
    const one = fc.constantFrom(...usable).chain((leaf) => hostileFor(leaf).map((text) => [leaf, text] as const))
    const cases = fc.sample(fc.array(one, { minLength: 1, maxLength: 2 }), { seed, numRuns: 2_000 }).map((texts) => {
      const distinct = [...new Map(texts.map((each) => [each[0].sentinel, each])).values()]
      const { isRefused, plists } = plistsOf(replaceLeaves(haus, distinct))
      const plist = plists.find(({ subject }) => subject === 'subject')
      if (plist === undefined && !isRefused) throw new Error(`no plist and no finding for ${JSON.stringify(distinct)}`)
      return { texts: distinct, content: plist?.content }
    })
    const written = cases.flatMap(({ content, texts }) => (content === undefined ? [] : [{ texts, content }]))
    const read = readPlists(written.map(({ content }) => content))
    for (const [index, { texts }] of written.entries()) expect(read[index]).toEqual(expectReplaced(clean, texts))
    console.info(`${written.length} plists read back, ${cases.length - written.length} refused`)
    expect(written.length).toBeGreaterThan(cases.length / 3)
  })

  it('that a template would write are caught by the second parser', () => {
    const { haus } = buildSample(launchd)
    const [plist] = plistsOf(haus).plists.filter(({ subject }) => subject === 'subject')
    const title = /<string>(Sentinel\d+Z)<\/string>/.exec(plist?.content ?? '')?.[1] ?? ''
    const evil = '</string><string>/bin/evil'
    const [clean, injected] = readPlists([plist?.content ?? '', (plist?.content ?? '').replace(title, evil)])
    expect(injected).not.toEqual(JSON.parse(JSON.stringify(clean).replace(title, evil)))
  })
})
