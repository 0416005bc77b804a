import { spawnSync } from 'node:child_process'
import { readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, BenchCase } from './bench-case.ts'
import { interleave } from './interleave.ts'
import { aide } from './peers.ts'
import { renderSmallHaus, surfacesOf } from './small-home.ts'
import { summarize } from './summarize.ts'
import { requireAnswer, timeProgram } from './time-program.ts'

/** What a look may come to on a haus that does not run: nothing, problems, drift, or something that is missing here. */
const LOOKED = [0, 1, 2, 69]

/**
 * Five hundred committed files against what lies on the disk: beside the floor, which is reading and hashing them by a program in C
 * and starting Node, and beside AIDE, which does only this. Then both planes, files and units.
 */
export const drift: BenchCase = {
  id: 'drift',
  title: 'committed against live: 500 files, and both planes',
  guards: ['apps/cli/src/*', 'packages/*/src/*', 'tools/bench/drift.ts', 'tools/bench/build-catalog.ts'],
  peers: [aide],
  async measure(bench) {
    const haus = renderSmallHaus(bench)
    const surfaces = realpathSync(surfacesOf(haus))
    const paths = readdirSync(surfaces, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    for (const words of [['drift', '--files'], ['drift']])
      requireAnswer([bench.node, bench.cli, ...words], { command: 'drift', env: haus.env })
    const ours = (...args: string[]) => ({ run: () => timeProgram([bench.node, bench.cli, ...args], { env: haus.env, codes: LOOKED }) })
    const hasAide = !bench.missing.has(aide.program)
    if (hasAide) initialize(bench, surfaces)
    const measured = interleave(
      {
        files: ours('drift', '--files'),
        both: ours('drift'),
        floor: { run: () => timeProgram(['sha256sum', ...paths]) + timeProgram([bench.node, '-e', '0']) },
        aide: hasAide ? { run: () => timeProgram([aide.program, '--check', '-c', configOf(bench)]) } : null,
      },
      bench.rounds(15),
    )
    const files = { command: 'sanctumctl drift --files', unit: 'ms', ours: summarize(measured.files) } as const
    return [
      {
        ...files,
        what: `${paths.length} files, beside hashing them and starting Node`,
        bound: { kind: 'times', most: 2, of: 'sha256sum + node -e 0', theirs: summarize(measured.floor) },
      },
      {
        ...files,
        what: `${paths.length} files, beside AIDE`,
        bound:
          measured.aide.length === 0
            ? { kind: 'peer-missing', peer: aide.debian }
            : { kind: 'times', most: 2, of: 'aide --check', theirs: summarize(measured.aide) },
      },
      {
        what: 'both planes, 125 services',
        command: 'sanctumctl drift',
        unit: 'ms',
        ours: summarize(measured.both),
        bound: { kind: 'limit', most: 600 },
      },
    ]
  },
}

function configOf({ folder }: Bench): string {
  return join(folder, 'aide.conf')
}

/** AIDE's own record of the files: digest, mode, owner, size and kind. */
function initialize(bench: Bench, surfaces: string): void {
  const database = `file:${join(bench.folder, 'aide.db')}`
  writeFileSync(
    configOf(bench),
    [
      `database_in=${database}`,
      `database_out=${database}`,
      'gzip_dbout=no',
      'report_url=stdout',
      `${surfaces} sha256+p+u+g+s+ftype`,
      '',
    ].join('\n'),
  )
  const { status, stderr } = spawnSync(aide.program, ['--init', '-c', configOf(bench)], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`aide --init ended with ${status}: ${stderr}`)
}
