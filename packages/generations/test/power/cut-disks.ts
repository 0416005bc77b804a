import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { constants, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createGenerations } from '@sanctum/generations/node'
import { createRandom } from '@sanctum/testkit'
import { apply } from '../haus.ts'
import type { Plant } from '../planted-faults.ts'
import { readVersion, versionOf } from '../versions.ts'

/**
 * Runs where it may mount, and prints a line of JSON for each cut. The image of an ext4 lies on an XFS, which clones a file in one
 * instant: the clone is what the disk would hold if the power went now, without all that was only in memory. Mounting it replays the
 * journal, as the next start would.
 */
const options: { folder: string; writer: string; cuts: number; plant: Plant; seed: number; stopsAtFirst: boolean } = JSON.parse(
  process.argv[2] ?? '{}',
)
const [pool, disk] = [join(options.folder, 'pool'), join(options.folder, 'disk')]
const [home, units] = [join(disk, 'home'), join(disk, 'units')]
const image = join(pool, 'disk.img')
const random = createRandom(options.seed)

for (const path of [pool, disk]) mkdirSync(path)
makeImage(join(options.folder, 'pool.img'), 512, ['mkfs.xfs', '-q', '-m', 'reflink=1'])
mount(join(options.folder, 'pool.img'), pool)
makeImage(image, 48, ['mkfs.ext4', '-q', '-F'])
// A journal that is written every second shows more than one that is written every five.
mount(image, disk, 'commit=1')
await apply(createGenerations({ home, roots: [units] }), versionOf(1, units))
execFileSync('sync', ['-f', disk])

const child = spawn(process.execPath, [options.writer, home, units, '2', options.plant], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
let promised = 1
let rest = ''
child.stdout.on('data', (chunk: Buffer) => {
  const lines = `${rest}${chunk}`.split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) if (line !== 'swap') promised = Number(line)
})
try {
  const isQuick = options.plant !== 'none'
  for (let cut = 1; cut <= options.cuts; cut++) {
    child.kill('SIGCONT')
    const before = promised
    // A journal commit or two for a writer that never syncs, a few generations for one that does.
    await wait(isQuick ? 300 + random() * 900 : 20 + random() * 150)
    while (options.plant === 'none' && promised === before) await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) })
    const acknowledged = promised
    const clone = join(pool, 'cut.img')
    copyFileSync(image, clone, constants.COPYFILE_FICLONE_FORCE)
    await pause()
    const result = await examine(clone, acknowledged)
    process.stdout.write(`${JSON.stringify({ cut, promised: acknowledged, ...result })}\n`)
    if (options.stopsAtFirst && result.problems.length > 0) break
  }
} finally {
  child.kill('SIGKILL')
  await once(child, 'close')
}

/** The writer, with all its threads; what comes to lie over its disk then is none of its business. */
async function pause(): Promise<void> {
  child.kill('SIGSTOP')
  const tasks = `/proc/${child.pid}/task`
  const isPaused = () => readdirSync(tasks).every((task) => /\) T /.test(readFileSync(`${tasks}/${task}/stat`, 'utf8')))
  const deadline = performance.now() + 10_000
  while (!isPaused()) {
    if (performance.now() > deadline) throw new Error('the writer does not stop')
    await wait(1)
  }
}

/** The copy is mounted over the disk: what was noted on it says by which path it was reached. */
async function examine(clone: string, acknowledged: number) {
  mount(clone, disk)
  try {
    return await judge(acknowledged)
  } finally {
    await unmount(disk)
    rmSync(clone)
  }
}

async function judge(acknowledged: number) {
  const generations = createGenerations({ home, roots: [units] })
  const problems: string[] = []
  const versions = versionsBelow(join(home, 'current/surfaces'))
  const [version = null] = versions
  if (versions.length === 0) problems.push('the pointer is lost')
  else if (versions.includes(null)) problems.push('torn files')
  else if (versions.length > 1) problems.push(`mixed versions ${versions.join()}`)
  else if (version !== null && version < acknowledged) problems.push(`version ${acknowledged} was promised, ${version} is there`)
  const { current } = generations.readPointers()
  if (current.kind !== 'set' || generations.read(current.number).kind !== 'whole') problems.push('the current generation is not whole')
  if (versionsBelow(units).includes(null)) problems.push('a torn file outside')

  const { fault, outcome } = await generations.recover()
  if (fault !== null) problems.push(`the recovery failed: ${fault.message}`)
  const outside = versionsBelow(units)
  if (outside.some((other) => other !== version)) problems.push(`published is ${outside.join()}, current is ${version}`)
  const left = [home, join(home, 'generations'), units].flatMap((folder) => listNames(folder)).filter((name) => name.startsWith('.'))
  if (left.length > 0) problems.push(`left behind: ${left.join()}`)
  if (problems.length === 0) {
    const next = acknowledged + 1_000
    await apply(generations, versionOf(next, units))
    if ([...versionsBelow(units), ...versionsBelow(join(home, 'current/surfaces'))].some((other) => other !== next))
      problems.push('the next run did not come to hold')
  }
  return { found: version, outcome, problems }
}

function makeImage(path: string, sizeMb: number, [program = '', ...args]: readonly string[]): void {
  writeFileSync(path, '')
  truncateSync(path, sizeMb * 1024 * 1024)
  execFileSync(program, [...args, path])
}

function mount(path: string, on: string, ...extra: readonly string[]): void {
  execFileSync('mount', ['-o', ['loop', ...extra].join(), path, on])
}

/** A file that was synced a moment ago may still be held by the kernel's own queue. */
async function unmount(path: string): Promise<void> {
  const deadline = performance.now() + 5_000
  while (spawnSync('umount', [path]).status !== 0) {
    if (performance.now() > deadline) throw new Error(`${path} stays busy`)
    await wait(5)
  }
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Which versions the files say, null for a torn one. */
function versionsBelow(folder: string): (number | null)[] {
  const names = listNames(folder).length === 0 ? [] : readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
  return [...new Set(files.map((entry) => readVersion(readFileSync(join(entry.parentPath, entry.name), 'utf8'))))]
}
