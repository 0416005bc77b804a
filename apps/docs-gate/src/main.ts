import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort(name))

const [word, ...rest] = process.argv.slice(2)
process.exitCode = word === 'perform-blocks' ? await perform(rest as [string, string]) : await check(process.argv.slice(2))

/** Inside of a disposable haus: runs what the plan names and writes down what it printed. */
async function perform([plan, result]: [string, string]): Promise<number> {
  const { performBlocks } = await import('./blocks/perform-blocks.ts')
  const asked = JSON.parse(readFileSync(plan, 'utf8')) as { scripts: readonly string[]; inRepository: boolean; checkout: string }
  const home = process.env['HOME']
  if (home === undefined) throw new Error('blocks are performed in a disposable home, and HOME names none')
  writeFileSync(result, JSON.stringify(performBlocks({ ...asked, home, node: process.execPath, environment: process.env })))
  return 0
}

async function check(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      sanctumctl: { type: 'string' },
      changed: { type: 'string' },
      receipt: { type: 'string' },
      'build-only': { type: 'boolean' },
      running: { type: 'boolean' },
      recall: { type: 'boolean' },
    },
  })
  const [{ exitCodes }, { createPorts }] = await Promise.all([import('@sanctum/contracts'), import('./wire.ts')])
  const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)))
  const ports = createPorts({
    root,
    // What an upgrade has adopted is started from its own folder, for the checkout that it is asked in.
    tree: values.recall === true || values['build-only'] === true ? (findTree(process.cwd()) ?? root) : root,
    node: process.execPath,
    main: fileURLToPath(import.meta.url),
    sanctumctl: values.sanctumctl ?? resolve(root, 'apps/cli/dist/sanctumctl.js'),
    environment: process.env,
    signal: interruption.signal,
  })
  // Before the pages and what reads them are loaded.
  if (values.changed !== undefined && (await ports.changedSince(values.changed)) === null) {
    process.stderr.write(`there is no revision ${values.changed}\n`)
    return exitCodes.usage.code
  }
  const receipt = values.receipt ?? null
  try {
    const report =
      values.recall === true
        ? await (await import('./recall-build.ts')).recallBuild(receipt, ports)
        : await (await import('./run-gate.ts')).runGate(
            { changed: values.changed ?? null, buildOnly: values['build-only'] === true, running: values.running === true, receipt },
            ports,
          )
    if (interruption.signal.aborted) return exitCodes.interrupted.code
    process.stdout.write(`${JSON.stringify(report)}\n`)
    if (report.unavailable !== null) return exitCodes.unavailable.code
    if (report.recall?.state === 'stale' || report.recall?.state === 'none') return exitCodes.locked.code
    return report.findings.some(({ severity }) => severity === 'error') ? exitCodes.problems.code : exitCodes.ok.code
  } catch (error) {
    // Homes that were made are taken down by those who made them; this process ends with the last of them.
    if (interruption.signal.aborted) return exitCodes.interrupted.code
    throw error
  }
}

/** The checkout that a folder lies in, if it has a site. */
function findTree(folder: string): string | null {
  if (existsSync(join(folder, 'docs/astro.config.ts'))) return folder
  return dirname(folder) === folder ? null : findTree(dirname(folder))
}
