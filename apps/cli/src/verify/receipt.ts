import { type CheckReceipt, checkReceipt, type Fault, type Finding, type ReceiptInputs } from '@sanctum/contracts'
import { numberOf, planJot } from '@sanctum/generations'
import { toFinding } from '../checks/deep/to-finding.ts'
import type { Ports } from '../ports.ts'
import type { Loading } from './verify-context.ts'

/** What this run goes by. */
export function toInputs({ generations, program }: Pick<Ports, 'generations' | 'program'>, loading: Loading): ReceiptInputs {
  const isRead = loading.kind === 'loaded' && loading.doctor.unusable === null
  const digests = isRead ? loading.doctor.wanted.digests : { catalog: null, facts: null }
  return { ...digests, generation: numberOf(generations([]).readPointers().current), program: program.build() }
}

/** Names of the inputs that are not what the receipt went by; it proves nothing about them. */
export function listStale(receipt: Pick<CheckReceipt, 'inputs'>, now: ReceiptInputs): (keyof ReceiptInputs)[] {
  const names = Object.keys(now) as (keyof ReceiptInputs)[]
  return names.filter((name) => receipt.inputs[name] !== now[name])
}

/** The last receipt; null where there is none that can be read. */
export async function readReceipt({ files, home }: Pick<Ports, 'files' | 'home'>): Promise<CheckReceipt | null> {
  try {
    return checkReceipt.parse(JSON.parse((await files.readText(pathIn(home))) ?? 'null'))
  } catch {
    return null
  }
}

/** Writes it in one step, so that there is the old one or the new one. Returns where. */
export async function keepReceipt({ files, home }: Pick<Ports, 'files' | 'home'>, receipt: CheckReceipt): Promise<string> {
  const path = pathIn(home)
  const text = `${JSON.stringify(checkReceipt.parse(receipt), null, 2)}\n`
  await files.perform([{ do: 'make-directory', path: `${home}/state/receipts`, mode: '0700' }, ...planJot(path, text)], home)
  return path
}

/** Of the receipt, or of the report that was asked for beside it. */
export function toUnwritten({ message, path, hint }: Fault): Finding {
  return toFinding('RECEIPT_UNWRITTEN', {
    message: `what was found could not be written down: ${message}`,
    ...(path === undefined ? {} : { subject: path }),
    evidence: { expected: 'a file that holds it', observed: message },
    fix: { text: hint, command: 'sanctumctl verify', safe: true },
  })
}

function pathIn(home: string): string {
  return `${home}/state/receipts/verify.json`
}
