import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { timeBareParse, timeBareWrite } from './bare-write.ts'
import type { Bench, BenchCase, Bound, Figure } from './bench-case.ts'
import { interleave } from './interleave.ts'
import { ansible, cfengine } from './peers.ts'
import { createSmallHaus, type SmallHaus, surfacesOf } from './small-home.ts'
import { type Summary, scaleSummary, summarize } from './summarize.ts'
import { timeProgram } from './time-program.ts'

/** Of the files, as many as ansible is given: it takes about half a second for each. */
const ANSIBLE_FILES = 50

/**
 * Five hundred files from a catalog, against a program in C that copies exactly those files (CFEngine), and against one that sends
 * a module for each (ansible-core). Ours reads and checks the catalog, resolves and renders it, and commits all or nothing.
 */
export const files: BenchCase = {
  id: 'files',
  title: '500 files from 125 services: first apply and unchanged',
  guards: [
    'apps/cli/src/*',
    'packages/*/src/*',
    'tools/bench/files.ts',
    'tools/bench/bare-write.ts',
    'tools/bench/warm-apply.ts',
    'tools/bench/build-catalog.ts',
  ],
  peers: [cfengine, ansible],
  async measure(bench) {
    const haus = createSmallHaus(bench)
    const render = (home = haus.home) => timeProgram([bench.node, bench.cli, 'render', '--yes'], { env: { ...haus.env, HOME: home } })
    render()
    const source = join(bench.folder, 'source')
    cpSync(realpathSync(surfacesOf(haus)), source, { recursive: true })
    const count = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length

    const copy = bench.missing.has(cfengine.program) ? null : createCopy(bench, source)
    const first = interleave(
      {
        ours: { run: () => render(createFolder(bench, 'home')) },
        theirs: copy && { run: () => copy(createFolder(bench, 'target')) },
        write: { run: () => timeBareWrite(bench.node, source, createFolder(bench, 'bare')) },
        parse: { run: () => timeBareParse(bench.node, haus.catalog) },
      },
      bench.rounds(7),
    )
    const warm = timeWarmApplies(bench, haus)
    const target = createFolder(bench, 'target')
    copy?.(target)
    const unchanged = interleave({ ours: { run: () => render() }, theirs: copy && { run: () => copy(target) } }, bench.rounds(9))

    const templates = bench.missing.has(ansible.program) ? null : runAnsible(bench, source)
    const figure = (what: string, ours: readonly number[], bound: Bound): Figure => ({
      what,
      command: 'sanctumctl render',
      unit: 'ms',
      ours: summarize(ours),
      bound,
    })
    const aFile = (what: string, ours: readonly number[], theirs: Summary | undefined): Figure => ({
      ...figure(what, ours, faster(theirs)),
      unit: 'ms a file',
      ours: scaleSummary(summarize(ours), 1 / count),
    })
    return [
      figure(`first apply of ${count} files`, first.ours, times(1.5, first.theirs)),
      // What a first apply on Node cannot go below: it also has to read what it applies, and CFEngine is given the files and syncs none.
      figure(`first apply of ${count} files`, first.ours, beside('starting Node and writing and syncing them', first.write)),
      figure(`first apply of ${count} files`, first.ours, beside('starting Node and parsing the catalog, unchecked', first.parse)),
      figure(
        `first apply of ${count} files`,
        first.ours,
        beside('the last of twelve in one process, nothing to start, load or compile', warm),
      ),
      figure(`unchanged, ${count} files`, unchanged.ours, times(1, unchanged.theirs)),
      aFile('first apply, a file', first.ours, templates?.first),
      aFile('unchanged, a file', unchanged.ours, templates?.unchanged),
    ]
  },
}

/** ms of each first apply of a process that has done as many before, with as many threads as the program gives itself. */
function timeWarmApplies(bench: Bench, { catalog }: SmallHaus): readonly number[] {
  const program = join(bench.root, 'tools/bench/warm-apply.ts')
  const words = ['--conditions=@sanctum/source', program, createFolder(bench, 'warm'), '12']
  const printed = execFileSync(bench.node, words, {
    env: { PATH: process.env['PATH'], SANCTUM_CATALOG: catalog, UV_THREADPOOL_SIZE: '32' },
    encoding: 'utf8',
  })
  return (JSON.parse(printed) as number[]).slice(-5)
}

function times(most: number, theirs: readonly number[]): Bound {
  return theirs.length === 0
    ? { kind: 'peer-missing', peer: cfengine.debian }
    : { kind: 'times', most, of: 'cfengine', theirs: summarize(theirs) }
}

function beside(of: string, theirs: readonly number[]): Bound {
  return { kind: 'beside', of, theirs: summarize(theirs) }
}

/** By its time for fifty, start included as in ours. */
function faster(theirs: Summary | undefined): Bound {
  return theirs === undefined
    ? { kind: 'peer-missing', peer: ansible.debian }
    : { kind: 'faster', least: 50, than: `ansible template (of ${ANSIBLE_FILES})`, theirs }
}

/** A new one each time: for a minute after files were removed, ext4 takes ten times as long to make others in their place. */
function createFolder({ folder }: Bench, name: string): string {
  return mkdtempSync(join(folder, `${name}-`))
}

/** CFEngine's agent with a policy that makes the target hold the files of the source, compared by digest. */
function createCopy({ folder }: Bench, source: string): (target: string) => number {
  const policy = join(folder, 'policy.cf')
  const write = (target: string) =>
    writeFileSync(
      policy,
      `body common control { bundlesequence => { "main" }; }
bundle agent main {
files:
  "${target}/."
    create => "true",
    copy_from => all_of("${source}"),
    depth_search => every_level;
}
body copy_from all_of(from) { source => "$(from)"; compare => "digest"; copy_backup => "false"; }
body depth_search every_level { depth => "inf"; }
`,
      { mode: 0o600 },
    )
  return (target) => {
    write(target)
    return timeProgram([cfengine.program, '--no-lock', '--inform', '--file', policy], { env: { HOME: folder } })
  }
}

function runAnsible(bench: Bench, source: string): { readonly first: Summary; readonly unchanged: Summary } {
  const target = createFolder(bench, 'templates')
  const play = join(bench.folder, 'play.yaml')
  const names = readdirSync(join(source, 'services')).slice(0, ANSIBLE_FILES)
  writeFileSync(
    play,
    JSON.stringify([
      {
        hosts: 'localhost',
        connection: 'local',
        gather_facts: false,
        tasks: [{ 'ansible.builtin.template': { src: `${source}/services/{{ item }}`, dest: `${target}/{{ item }}` }, loop: names }],
      },
    ]),
  )
  const env = { HOME: bench.folder, ANSIBLE_PIPELINING: 'true', LC_ALL: 'C.UTF-8' }
  const run = () => timeProgram([ansible.program, '--inventory', 'localhost,', play], { env }) / names.length
  return { first: summarize([run()]), unchanged: summarize([run()]) }
}
