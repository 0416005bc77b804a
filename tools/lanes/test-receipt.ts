import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { digestOfPaths } from '../ledger/digest-of-paths.ts'
import type { Tally } from './tally.ts'

/** What a whole run of the tests came to, and of which files; a release goes by it. */
export interface TestReceipt {
  readonly schema_version: 1
  readonly inputs: string
  readonly lanes: readonly string[]
  readonly long: boolean
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly begun_ms: number
  readonly took_ms: number
  readonly node: string
  readonly proofs: readonly { readonly programme: string; readonly counts: Readonly<Record<string, number>>; readonly failures: number }[]
}

export const testReceiptFile = '.state/receipts/tests.json'
/** Every one of these has to be in a run that a release may go by. */
const wholeRun = ['real', 'unit']

/** What the tests found then may be otherwise by now: certificates end, and machines change. */
const OLDEST_DAYS = 7
const DAY_MS = 86_400_000
/** Two clocks may differ by so much; a receipt from further ahead would stay young for as long as somebody likes. */
const SKEW_MS = 5 * 60_000

/** Every file that git knows of or would add. */
export function digestOfTree(root: string): string {
  return digestOfPaths(root, ['.'])
}

export function writeTestReceipt(
  root: string,
  { tally, ...run }: Omit<TestReceipt, 'schema_version' | 'passed' | 'failed' | 'skipped' | 'node'> & { readonly tally: Tally },
): void {
  const receipt: TestReceipt = {
    schema_version: 1,
    ...run,
    passed: tally.passed,
    failed: tally.failed + tally.problems.length,
    skipped: tally.skipped.length,
    node: process.version,
  }
  const file = join(root, testReceiptFile)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(receipt, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}

/** What a gate prints: whether it is open, one line for people, and counts. */
export interface Judgement {
  readonly ok: boolean
  readonly says: string
  readonly counts: Readonly<Record<string, number>>
}

/** Whether the last whole run of the tests was green and speaks of the files as they are. `receipts` names a file that holds its receipt as `tests`. */
export function judgeTestReceipt(root: string, { now = Date.now(), receipts }: { now?: number; receipts?: string } = {}): Judgement {
  const file = receipts ?? join(root, testReceiptFile)
  if (!existsSync(file)) return closed('no whole run of the tests has left a receipt in this checkout')
  const receipt = parse(readFileSync(file, 'utf8'), { isPart: receipts !== undefined })
  if (receipt === null) return closed('the receipt of the tests cannot be read')
  const missing = wholeRun.filter((lane) => !receipt.lanes.includes(lane))
  if (missing.length > 0) return closed(`the last run left out ${missing.join(' and ')}`)
  if (receipt.failed > 0 || receipt.skipped > 0)
    return closed(`the last run had ${receipt.failed} failed and ${receipt.skipped} skipped tests`)
  if (receipt.passed === 0) return closed('the last run had no test in it')
  if (receipt.inputs !== digestOfTree(root)) return closed('files were changed since the tests ran')
  if (receipt.begun_ms - now > SKEW_MS) return closed('the last run begins in the future, by the clock of this machine')
  const days = (now - receipt.begun_ms) / DAY_MS
  if (!(days < OLDEST_DAYS)) return closed(`the last run is ${Math.floor(days)} days old`)
  const minutes = (receipt.took_ms / 60_000).toFixed(1)
  const programmes = receipt.proofs.length
  return {
    ok: true,
    says: `${receipt.passed} passed, 0 failed, in ${minutes} min on Node ${receipt.node}; ${programmes} programmes of attack`,
    counts: { passed: receipt.passed, failed: 0, skipped: 0, programmes },
  }
}

function closed(says: string): Judgement {
  return { ok: false, says, counts: {} }
}

function parse(text: string, { isPart }: { isPart: boolean }): TestReceipt | null {
  try {
    const document = JSON.parse(text)
    const receipt = (isPart ? document.tests : document) as TestReceipt
    return receipt.schema_version === 1 && Array.isArray(receipt.lanes) && Array.isArray(receipt.proofs) ? receipt : null
  } catch {
    return null
  }
}
