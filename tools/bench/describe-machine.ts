import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'

export interface MachineSeen {
  readonly cores: number
  readonly processor: string
  readonly memory_gb: number
  readonly kernel: string
  readonly node: string
  /** Of the last minute, per core. */
  readonly load: number
}

/** What a figure depends on besides the code. */
export function describeMachine(): MachineSeen {
  const cores = availableParallelism()
  return {
    cores,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memory_gb: Math.round(totalmem() / 2 ** 30),
    kernel: `${process.platform} ${release()}`,
    node: process.version,
    load: Number(((loadavg()[0] ?? 0) / cores).toFixed(2)),
  }
}

/** The commit that lies in the work tree; with a mark where the tree is not as committed. */
export function readCommit(root: string): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+changes'}`
  } catch {
    return 'no git'
  }
}
