import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVitest, type TestCase, type TestModule, type Vitest, type VitestPluginContext } from 'vitest/node'
import type { Guard, Proof } from './incident.ts'
import { judgeProof, type ProofVerdict, type TestEnd } from './judge-proof.ts'

const conditions = ['@sanctum/source', 'node', 'import', 'module', 'default']
const resolve = { resolve: { conditions }, ssr: { resolve: { conditions } } }
const GUARDED = 'guarded'

/**
 * Runs the test of every proof twice, two at a time: once as it is, and once with its guard switched off while the file is loaded, so that
 * nothing is written into the checkout. Each proof has a project of its own, since a project is what has its own modules.
 */
export async function runProofs(root: string, proofs: readonly Proof[]): Promise<ProofVerdict[]> {
  const switchedOff = new Set<number>()
  const cache = mkdtempSync(join(tmpdir(), 'incident-wall-'))
  const vitest = await start(root, cache, proofs, (index) => switchedOff.add(index))
  try {
    const modules = await run(vitest, root, proofs)
    return proofs.map(({ test, guard }, index) =>
      judgeProof({
        found: readText(join(root, guard.file)).split(guard.find).length - 1,
        switchedOff: switchedOff.has(index),
        guarded: toEnd(modules, GUARDED, root, test),
        unguarded: toEnd(modules, toName(index), root, test),
      }),
    )
  } finally {
    await vitest.close()
    rmSync(cache, { recursive: true })
  }
}

async function start(root: string, cache: string, proofs: readonly Proof[], onSwitchedOff: (index: number) => void): Promise<Vitest> {
  const common = { testTimeout: 20_000, maxWorkers: 2 }
  const files = [...new Set(proofs.map(({ test }) => test.file))]
  const guarded = { ...resolve, root, test: { ...common, name: GUARDED, include: files } }
  const unguarded = proofs.map(({ guard, test }, index) => ({
    ...resolve,
    root,
    plugins: [createSwitch(root, guard, () => onSwitchedOff(index))],
    test: { ...common, name: toName(index), include: [test.file] },
  }))
  return await createVitest('test', {
    config: false,
    root,
    watch: false,
    cache: false,
    fsModuleCachePath: cache,
    sharedViteServer: false,
    reporters: [{}],
    maxWorkers: 2,
    projects: [guarded, ...unguarded],
  })
}

function createSwitch(root: string, { file, find, replace }: Guard, onSwitchedOff: () => void) {
  const isIts = (id: string): boolean => id.split('?')[0] === join(root, file)
  return {
    name: 'switch-off',
    enforce: 'pre' as const,
    transform(code: string, id: string) {
      if (!isIts(id)) return undefined
      onSwitchedOff()
      return code.replace(find, () => replace)
    },
    // What every project loads alike is transformed once; the file without its guard is nobody else's.
    configureVitest({ defineCacheKeyGenerator }: VitestPluginContext) {
      defineCacheKeyGenerator(({ id }) => (isIts(id) ? false : undefined))
    },
  }
}

function toName(index: number): string {
  return `unguarded-${index}`
}

async function run(vitest: Vitest, root: string, proofs: readonly Proof[]): Promise<readonly TestModule[]> {
  const specifications = vitest.projects.flatMap((project) => {
    const own = proofs.filter((_, index) => project.name === GUARDED || project.name === toName(index))
    const files = [...new Set(own.map(({ test }) => test.file))]
    return files.map((file) =>
      project.createSpecification(join(root, file), {
        testNames: own.filter(({ test }) => test.file === file).map(({ test }) => test.name),
      }),
    )
  })
  return (await vitest.runTestSpecifications(specifications)).testModules
}

function toEnd(modules: readonly TestModule[], project: string, root: string, { file, name }: Proof['test']): TestEnd {
  const module = modules.find((candidate) => candidate.project.name === project && candidate.moduleId === join(root, file))
  if (module === undefined) return { kind: 'absent', message: `there is no ${file}` }
  const [broken] = module.errors()
  if (broken !== undefined) return { kind: 'absent', message: toLine(broken.message) }
  const found = [...module.children.allTests()].filter(({ fullName }) => fullName === name)
  if (found.length !== 1) return { kind: 'absent', message: `${found.length} tests of ${file} have that name` }
  return toTestEnd(found[0] as TestCase)
}

function toTestEnd(test: TestCase): TestEnd {
  const { state, errors = [] } = test.result()
  if (state === 'passed') return { kind: 'passed' }
  if (state !== 'failed') return { kind: 'absent', message: `it was ${state}` }
  const isAssertion = errors.length > 0 && errors.every(({ name }) => name === 'AssertionError')
  return { kind: 'failed', isAssertion, message: toLine(errors[0]?.message ?? 'it says nothing') }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function toLine(message: string): string {
  return message.split('\n')[0] ?? ''
}
