import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchCase } from './bench-case.ts'
import { buildCatalog } from './build-catalog.ts'
import { interleave } from './interleave.ts'
import { summarize } from './summarize.ts'
import { timeProgram } from './time-program.ts'

const SMALL = 1_000
const LARGE = 10_000

/** Ten times the services in at most twelve times the time: nothing in reading, resolving or rendering is worse than linear. */
export const scale: BenchCase = {
  id: 'scale',
  title: '10,000 services against 1,000',
  guards: [
    'packages/catalog/src/*',
    'packages/host-resolver/src/*',
    'packages/render/src/*',
    'tools/bench/scale.ts',
    'tools/bench/build-catalog.ts',
  ],
  async measure({ node, cli, folder, rounds }) {
    const out = join(folder, 'out')
    const peaks: number[] = []
    const render = (services: number) => {
      const catalog = join(folder, String(services))
      buildCatalog(catalog, { services })
      const peakFile = join(folder, 'peak')
      return {
        before: () => rmSync(out, { recursive: true, force: true }),
        run: () => {
          const tookMs = timeProgram([node, '--import', notePeak(peakFile), cli, 'render', '--catalog', catalog, '--out', out], {
            env: { HOME: folder },
          })
          if (services === LARGE) peaks.push(Number(readFileSync(peakFile, 'utf8')) / 1024)
          return tookMs
        },
      }
    }
    const measured = interleave({ small: render(SMALL), large: render(LARGE) }, rounds(2))
    const command = `sanctumctl render --out, ${LARGE} services`
    return [
      {
        what: `${LARGE} services resolved and rendered`,
        command,
        unit: 'ms',
        ours: summarize(measured.large),
        bound: { kind: 'times', most: 12, of: `${SMALL} services`, theirs: summarize(measured.small) },
      },
      { what: 'peak memory of it', command, unit: 'MB', ours: summarize(peaks), bound: { kind: 'limit', most: 1536 } },
    ]
  },
}

/** A module that writes the largest resident size of its process, in KiB, when that ends. */
function notePeak(file: string): string {
  const code = `import { writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)))`
  return `data:text/javascript,${encodeURIComponent(code)}`
}
