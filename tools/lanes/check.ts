import { fileURLToPath } from 'node:url'
import { checks } from '../checks/checks.ts'
import { listStale, remedyOf } from '../ledger/list-stale.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Runs every check, or those named, and is quiet about the green ones. */
async function check(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !checks.some(({ id }) => id === name))
  if (unknown !== undefined) {
    console.error(`check: there is no check "${unknown}"\n  next: tools/sanctumctl check [${checks.map(({ id }) => id).join('|')} …]`)
    process.exit(64)
  }
  const begun = performance.now()
  const chosen = checks.filter(({ id, isOnlyNamed }) => (names.length === 0 ? isOnlyNamed !== true : names.includes(id)))
  const waiting = [...chosen]
  const red: string[] = []
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const problems = await one
        .run(root)
        .catch((error: unknown) => [`the check itself failed: ${error instanceof Error ? error.stack : error}`])
      if (problems.length === 0) continue
      red.push(one.id)
      console.error([`check ${one.id} (${one.covers}):`, ...problems.map((problem) => `  ${problem}`)].join('\n'))
    }
  }
  await Promise.all([work(), work()])

  // Not an error: a change need not be measured and attacked at full length before it lands; a release must.
  if (names.length === 0)
    for (const stale of listStale(root))
      console.error(`check: warning: the ledger's "${stale.name}" is stale: ${stale.why}; next: ${remedyOf(root, stale)}`)
  const seconds = ((performance.now() - begun) / 1000).toFixed(0)
  console.error(
    red.length === 0
      ? `check: ${chosen.length} checks, nothing found (${seconds} s)`
      : `check: ${red.join(', ')} found problems (${seconds} s)`,
  )
  process.exitCode = red.length === 0 ? 0 : 1
}

await check(process.argv.slice(2))
