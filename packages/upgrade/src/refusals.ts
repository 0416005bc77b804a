import { type Check, type CheckOutcome, countWords, type Finding, type RefusalId, type upgradeCodes } from '@sanctum/contracts'
import { toFinding } from './to-finding.ts'

/** What a program that was asked came to. */
export type Asked =
  | { readonly kind: 'clean' }
  | { readonly kind: 'red'; readonly because: readonly string[] }
  /** Only known by doing what a plan must not do. */
  | { readonly kind: 'not-looked'; readonly why: string }
  /** It is not there, or gave no answer. */
  | { readonly kind: 'unanswered'; readonly why: string }

/** What is asked of the world before an upgrade. Each is asked once. */
export interface RefusalPorts {
  /** The clause that describes the window which is under way; null where none is. */
  window(): Promise<string | null>
  doctor(): Promise<Asked>
  drift(): Promise<Asked>
  docs(): Promise<Asked>
  /** Whether every declared consumer has verified the new revision. */
  contracts(): Promise<Asked>
  /** Paths that differ from the commit of the checkout. */
  dirty(): Promise<readonly string[]>
  /** How many commits the checkout has that the new revision does not have. */
  ahead(): Promise<number>
  /** One sentence for each lease that is open. */
  leases(): Promise<readonly string[]>
}

type Refusal = Check<RefusalPorts> & { readonly id: RefusalId }

/** Why an upgrade is refused. All of them are asked, so that a person hears every reason at once. */
export const upgradeRefusals: readonly Refusal[] = [
  {
    id: 'stability-window',
    title: 'no stability window is under way',
    async run({ window }) {
      const active = await window()
      return toOutcome(active === null ? [] : [toRefusal('stability-window', `a stability window is under way: ${active}`, active)])
    },
  },
  { id: 'doctor-red', title: 'doctor --quick is clean', run: async ({ doctor }) => judgeAsked('doctor-red', await doctor()) },
  {
    id: 'runtime-drift',
    title: 'nothing differs from the generation',
    run: async ({ drift }) => judgeAsked('runtime-drift', await drift()),
  },
  {
    id: 'contract-unverified',
    title: 'every declared consumer has verified it',
    run: async ({ contracts }) => judgeAsked('contract-unverified', await contracts()),
  },
  { id: 'docs-red', title: 'the documentation builds', run: async ({ docs }) => judgeAsked('docs-red', await docs()) },
  {
    id: 'checkout-dirty',
    title: 'everything in the checkout is committed',
    async run({ dirty }) {
      const paths = await dirty()
      if (paths.length === 0) return toOutcome([])
      const names = `${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ` and ${paths.length - 5} more` : ''}`
      return toOutcome([toRefusal('checkout-dirty', `the checkout has changes that are not committed: ${names}`, names)])
    },
  },
  {
    id: 'checkout-diverged',
    title: 'the checkout can follow by fast-forward',
    async run({ ahead }) {
      const count = await ahead()
      const own = `${countWords(count, 'commit')} that the new revision does not have`
      return toOutcome(count === 0 ? [] : [toRefusal('checkout-diverged', `the checkout has ${own}`, own)])
    },
  },
  {
    id: 'lease-open',
    title: 'nobody works on services of this machine',
    run: async ({ leases }) => toOutcome((await leases()).map((lease) => toRefusal('lease-open', lease, lease))),
  },
]

const reds = {
  'doctor-red': 'doctor --quick is red',
  'runtime-drift': 'this machine differs from its generation',
  'docs-red': 'the documentation does not build',
  'contract-unverified': 'a consumer has not verified the new revision',
} as const

function judgeAsked(id: keyof typeof reds, answer: Asked): CheckOutcome {
  if (answer.kind === 'clean') return toOutcome([])
  if (answer.kind === 'not-looked') return toOutcome([toNotLooked(id, answer.why)])
  if (answer.kind === 'unanswered') return { kind: 'could-not-check', reason: `${commands[id]}: ${answer.why}` }
  const red = reds[id]
  const because = answer.because.slice(0, 3).join('; ')
  return toOutcome([because === '' ? toRefusal(id, red, red) : toRefusal(id, `${red}: ${because}`, because)])
}

const codes: Readonly<Record<RefusalId, keyof typeof upgradeCodes>> = {
  'stability-window': 'UPGRADE_WINDOW_ACTIVE',
  'doctor-red': 'UPGRADE_DOCTOR_RED',
  'runtime-drift': 'UPGRADE_ON_DRIFT',
  'docs-red': 'UPGRADE_DOCS_RED',
  'checkout-dirty': 'UPGRADE_CHECKOUT_DIRTY',
  'checkout-diverged': 'UPGRADE_CHECKOUT_DIVERGED',
  'lease-open': 'UPGRADE_LEASE_OPEN',
  'contract-unverified': 'UPGRADE_CONTRACT_UNVERIFIED',
}

const commands: Readonly<Record<RefusalId, string>> = {
  'stability-window': 'sanctumctl stability status',
  'doctor-red': 'sanctumctl doctor --quick',
  'runtime-drift': 'sanctumctl drift',
  'docs-red': 'sanctumctl docs check',
  'checkout-dirty': 'git status',
  'checkout-diverged': 'git log --oneline @{upstream}..',
  'lease-open': 'sanctumctl lease list',
  'contract-unverified': 'sanctumctl contracts can-upgrade',
}

function toRefusal(id: RefusalId, message: string, observed: string): Finding {
  return toFinding(codes[id], {
    message,
    subject: id,
    evidence: { expected: titleOf(id), observed },
    fix: { text: `Resolve it, or pass it over with --despite ${id}, which is recorded.`, command: commands[id] },
  })
}

function toNotLooked(id: RefusalId, why: string): Finding {
  return toFinding('UPGRADE_NOT_LOOKED', {
    message: `${id} was not looked at: ${why}`,
    subject: id,
    evidence: { expected: titleOf(id), observed: why },
    fix: { text: 'The upgrade itself looks; to know it now, run it.', command: commands[id] },
  })
}

function titleOf(id: RefusalId): string {
  return upgradeRefusals.find((refusal) => refusal.id === id)?.title ?? id
}

function toOutcome(findings: readonly Finding[]): CheckOutcome {
  return { kind: 'ran', findings }
}

/** The findings of the refusals once a person has named those to pass over: each of these is told, and stops nothing. */
export function passOver(findings: readonly Finding[], despite: readonly RefusalId[]): readonly Finding[] {
  return findings.map((finding) =>
    finding.severity === 'error' && despite.some((id) => id === finding.subject)
      ? toFinding('UPGRADE_DESPITE', {
          message: `passed over: ${finding.message}`,
          ...(finding.subject === undefined ? {} : { subject: finding.subject }),
          ...(finding.evidence === undefined ? {} : { evidence: finding.evidence }),
        })
      : finding,
  )
}

/** Names in each refusal the whole command that passes it over. `retype`: the command as it was typed, with words added. */
export function nameWayOn(findings: readonly Finding[], retype: (added: readonly string[]) => string): readonly Finding[] {
  return findings.map((finding) => {
    const { subject, severity, fix } = finding
    if (severity !== 'error' || !upgradeRefusals.some(({ id }) => id === subject) || fix === undefined) return finding
    return { ...finding, fix: { ...fix, text: `Resolve it, or pass it over, which is recorded: ${retype(['--despite', `${subject}`])}` } }
  })
}

/** What could not be looked at speaks against an upgrade like what was found: nobody knows. */
export function toUnchecked(id: RefusalId, reason: string): Finding {
  return toFinding('UPGRADE_UNCHECKED', {
    message: `${id} could not be looked at: ${reason}`,
    subject: id,
    evidence: { expected: titleOf(id), observed: reason },
    fix: { text: `See why, or pass it over with --despite ${id}, which is recorded.`, command: commands[id] },
  })
}

/** The reasons that were found and passed over; one that a person named in vain is none. */
export function toPassedOver(findings: readonly Finding[]): readonly RefusalId[] {
  return upgradeRefusals.flatMap(({ id }) =>
    findings.some(({ code, subject }) => code === 'UPGRADE_DESPITE' && subject === id) ? [id] : [],
  )
}
