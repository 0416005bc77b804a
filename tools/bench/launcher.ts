import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What the launcher adds to a warm start: the same command through it and straight, in turn, so that a noisy minute hits both alike. */
function benchLauncher(rounds: number): void {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const program = `${root}apps/cli/dist/sanctumctl.js`
  const launcher = [`${root}tools/sanctumctl`, '--version'] as const
  const straight = [process.execPath, program, '--version'] as const
  timeMs(launcher) // builds, if need be
  if (!existsSync(program)) throw new Error(`${program} is not there even after a start: does the program build?`)

  const pairs = Array.from({ length: rounds }, () => ({ launcher: timeMs(launcher), straight: timeMs(straight) }))
  const launcherMs = summary(pairs.map((pair) => pair.launcher))
  const straightMs = summary(pairs.map((pair) => pair.straight))
  const overheadMs = summary(pairs.map((pair) => pair.launcher - pair.straight))
  console.log(JSON.stringify({ rounds, launcherMs, straightMs, overheadMs, budgetMs: 15 }, null, 2))
}

function timeMs([file, ...args]: readonly [string, ...string[]]): number {
  const begun = performance.now()
  const { status, stderr } = spawnSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`)
  return performance.now() - begun
}

function summary(values: readonly number[]): { median: number; min: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1))
  return { median: at(0.5), min: at(0), max: at(1) }
}

benchLauncher(Number(process.argv[2] ?? 40))
