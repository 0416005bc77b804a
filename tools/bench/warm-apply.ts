import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { runCommandLine } from '../../apps/cli/src/run-command-line.ts'
import { createPorts } from '../../apps/cli/src/wire.ts'

/**
 * Prints, as a list in JSON, how many ms each of so many first applies took in this one process, every one in a home of its own below
 * the folder: `node --conditions=@sanctum/source tools/bench/warm-apply.ts FOLDER TIMES`. The last ones are what is left of a first
 * apply where neither Node has to start nor anything of ours to be loaded and compiled.
 */
async function warmApply(folder: string, times: number): Promise<readonly number[]> {
  const took: number[] = []
  for (let index = 0; index < times; index++) {
    const begun = performance.now()
    const code = await apply(mkdtempSync(join(folder, 'warm-')))
    took.push(performance.now() - begun)
    if (code !== 0) throw new Error(`a first apply ended with ${code}`)
  }
  return took
}

function apply(home: string): Promise<number> {
  return runCommandLine({
    argv: ['render', '--yes', '--quiet'],
    environment: { ...process.env, HOME: home },
    signal: new AbortController().signal,
    terminal: { stdout: false, stderr: () => false, columns: 80 },
    ask: async () => null,
    write: { stdout: () => undefined, stderr: (text) => process.stderr.write(text) },
    version: '0.0.0',
    ports: async (request) => createPorts(request),
  })
}

const [folder = '', times = ''] = process.argv.slice(2)
console.log(JSON.stringify(await warmApply(folder, Number(times))))
