import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node'
import type { Skip, Tally } from './tally.ts'

/** Counts what really ran and writes it to the file that SANCTUM_TALLY names; the lane adds up and speaks. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env.SANCTUM_TALLY
    if (file === undefined) throw new Error('SANCTUM_TALLY does not name a file')
    writeFileSync(file, JSON.stringify(tallyOf(modules, unhandled)))
  }
}

function tallyOf(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Tally {
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  const ended = (state: string) => tests.filter((test) => test.result().state === state)
  return {
    passed: ended('passed').length,
    failed: ended('failed').length,
    skipped: ended('skipped').map(toSkip),
    problems: [
      ...modules.flatMap((module) => problemsOf(module, module.relativeModuleId)),
      ...modules.flatMap((module) =>
        [...module.children.allSuites()].flatMap((suite) => problemsOf(suite, `${module.relativeModuleId} > ${suite.fullName}`)),
      ),
      ...modules
        .filter((module) => module.children.size === 0 && module.errors().length === 0)
        .map((module) => `${module.relativeModuleId}: holds no test`),
      ...ended('pending').map((test) => `${nameOf(test)}: never ran`),
      ...unhandled.map((error) => `unhandled error: ${error.message}`),
    ],
  }
}

function problemsOf(unit: TestModule | TestSuite, name: string): readonly string[] {
  return unit.errors().map((error) => `${name}: ${error.message}`)
}

function toSkip(test: TestCase): Skip {
  const result = test.result()
  const note = result.state === 'skipped' ? result.note : undefined
  return { test: nameOf(test), reason: note ?? 'marked as skipped, without a reason' }
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`
}
