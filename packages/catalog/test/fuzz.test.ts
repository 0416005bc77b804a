import { readCatalog } from '@sanctum/catalog'
import { type CatalogFiles, catalogCodes, type Position } from '@sanctum/contracts'
import { recordProof, sha256 } from '@sanctum/testkit/node'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as yaml from 'yaml'
import { bombs, createInputs, type Input } from './fuzz-inputs.ts'
import { judgeLoader, LIMIT_MS, type Loader, listShared, repairShared } from './judge-loader.ts'
import { readFolder } from './read-case.ts'

const manoir = readFolder(new URL('../../../catalogs/manoir/', import.meta.url))

/** `SANCTUM_FUZZ_SEED=… SANCTUM_FUZZ_PATH=…` repeat a run that failed; `SANCTUM_FUZZ_RUNS` changes how many inputs there are. */
const { SANCTUM_FUZZ_SEED, SANCTUM_FUZZ_RUNS, SANCTUM_FUZZ_PATH } = process.env
const seed = Number(SANCTUM_FUZZ_SEED ?? Date.now() % 2 ** 31)
const numRuns = Number(SANCTUM_FUZZ_RUNS ?? 20_000)

/** A catalog as small as one can be, so that the time of an input is that of the input. */
const around: CatalogFiles = {
  'catalog.yaml': 'services:\n  watchdog: { kind: daemon, tier: P0, run: { command: [/opt/haus/bin/watchdog] } }\n',
  'instance.yaml': 'nodes: { manoir: { type: hub } }\n',
}

/** Where a document of each kind lies in it. */
const fileOf: Partial<Record<Input['kind'], string>> = {
  catalog: 'catalog.d/fuzz.yaml',
  'runtime-catalog': 'runtime_catalog.yaml',
  layer: 'overlays/manoir.yaml',
  'agent-capabilities': 'agent_capabilities.yaml',
  'stability-window': 'stability_window.yaml',
}

const codes = Object.keys(catalogCodes)
/** Codes about the text itself, and those about its form: a text with one of these errors does not parse, or is not valid. */
const textCodes = new Set(codes.slice(0, codes.indexOf('UNKNOWN_KEY')))
const formCodes = new Set(codes.slice(0, codes.indexOf('MISSING_FILE')))

interface Tally {
  inputs: number
  mutations: number
  parsed: number
  valid: number
  slowestMs: number
  slowest: string
}

/** Reads the document as part of a catalog, so that every rule may see it. */
function createLoader(tally: Tally): Loader {
  return ({ text, kind }) => {
    const file = fileOf[kind] as string
    const { findings } = readCatalog({ ...around, [file]: text }, { name: 'fuzz', digest: sha256 })
    const errors = findings.filter(({ severity, at }) => severity === 'error' && at?.file === file)
    if (!errors.some(({ code }) => textCodes.has(code))) tally.parsed += 1
    if (!errors.some(({ code }) => formCodes.has(code))) tally.valid += 1
    return findings
      .flatMap(({ at, related }) => [at, ...(related ?? []).map((each) => each.at)])
      .filter((at): at is Position => at?.file === file)
  }
}

describe('any text', () => {
  it('is read without a crash, in time, with places inside of it, and without touching what all objects share', () => {
    const tally: Tally = { inputs: 0, mutations: 0, parsed: 0, valid: 0, slowestMs: 0, slowest: '' }
    const loader = createLoader(tally)
    console.log(`fuzz: seed ${seed}, ${numRuns} inputs`)
    fc.assert(
      fc.property(createInputs(manoir), (input) => {
        const { problems, tookMs } = judgeLoader(loader, input)
        tally.inputs += 1
        if (input.origin === 'mutation') tally.mutations += 1
        if (tookMs > tally.slowestMs)
          Object.assign(tally, { slowestMs: tookMs, slowest: `${input.origin} of ${input.text.length} characters` })
        expect(problems).toEqual([])
      }),
      { seed, numRuns, ...(SANCTUM_FUZZ_PATH === undefined ? {} : { path: SANCTUM_FUZZ_PATH }) },
    )
    const share = (count: number) => `${((100 * count) / tally.inputs).toFixed(1)} %`
    console.log(
      `fuzz: ${share(tally.mutations)} mutations, ${share(tally.parsed)} parse, ${share(tally.valid)} pass the schema, slowest ${tally.slowestMs.toFixed(0)} ms of processor time (${tally.slowest})`,
    )
    const { inputs, mutations, parsed, valid } = tally
    recordProof({
      programme: 'fuzzed catalogs',
      seed,
      counts: { inputs, mutations, parsed, valid },
      failures: 0,
      guards: ['packages/catalog', 'packages/contracts/src/documents'],
    })
    expect(tally.slowestMs).toBeLessThan(LIMIT_MS)
    expect(tally.mutations / tally.inputs).toBeGreaterThan(0.4)
    expect(tally.valid).toBeGreaterThan(0)
  }, 600_000)
})

describe('the oracle of the fuzz bites', () => {
  const fails = (loader: Loader, inputs: fc.Arbitrary<Input>, runs: number) =>
    fc.check(
      fc.property(inputs, (input) => judgeLoader(loader, input).problems.length === 0),
      { seed: 1, numRuns: runs, endOnFailure: true },
    ).failed

  it('on a loader without limits', () => {
    const unlimited: Loader = ({ text }) => {
      yaml.parseAllDocuments(text, { maxAliasCount: -1 } as never)
      return []
    }
    expect(fails(unlimited, bombs, 40)).toBe(true)
  }, 120_000)

  it('on a loader that merges without looking at the keys', () => {
    const known = listShared()
    const merging: Loader = ({ text }) => {
      if (text.length < 5_000)
        for (const document of yaml.parseAllDocuments(text))
          if (document.errors?.length === 0) merge({}, document.toJS({ maxAliasCount: 10 }))
      return []
    }
    try {
      expect(
        fails(merging, fc.constant<Input>({ origin: 'soup', kind: 'catalog', text: 'services: { __proto__: { polluted: true } }\n' }), 1),
      ).toBe(true)
    } finally {
      repairShared(known)
    }
    expect('polluted' in {}).toBe(false)
  })

  it('on a place outside of the file', () => {
    expect(judgeLoader(() => [{ file: 'x', line: 2, column: 1 }], { origin: 'text', kind: 'catalog', text: 'a' }).problems).toHaveLength(1)
    expect(judgeLoader(() => [{ file: 'x', line: 1, column: 3 }], { origin: 'text', kind: 'catalog', text: 'a' }).problems).toHaveLength(1)
  })
})

function merge(target: Record<string, unknown>, source: unknown): unknown {
  if (source === null || typeof source !== 'object') return source
  for (const [key, value] of Object.entries(source)) target[key] = merge((target[key] ?? {}) as Record<string, unknown>, value)
  return target
}
