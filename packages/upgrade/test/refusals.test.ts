import { type Finding, refusalId, upgradeCodes } from '@sanctum/contracts'
import {
  nameWayOn,
  passOver,
  type RefusalPorts,
  toFinished,
  toLeft,
  toLeftCode,
  toNoCheckout,
  toNotTakenBack,
  toPassedOver,
  toRecordDamaged,
  toRecordSetAside,
  toStepFailed,
  toTakenBack,
  toUnchecked,
  toUpgradeFindings,
  upgradeRefusals,
} from '@sanctum/upgrade'
import { expect, test } from 'vitest'
import { buildUpgrade } from './build-upgrade.ts'

const calm: RefusalPorts = {
  window: async () => null,
  doctor: async () => ({ kind: 'clean' }),
  drift: async () => ({ kind: 'clean' }),
  docs: async () => ({ kind: 'clean' }),
  contracts: async () => ({ kind: 'clean' }),
  dirty: async () => [],
  ahead: async () => 0,
  leases: async () => [],
}
const red = async () => ({ kind: 'red', because: ['PORT_HELD: 1111'] }) as const
const stormy: RefusalPorts = {
  window: async () => 'three of seven days',
  doctor: red,
  drift: red,
  docs: red,
  contracts: red,
  dirty: async () => ['a', 'b', 'c', 'd', 'e', 'f'],
  ahead: async () => 1,
  leases: async () => ['neo works on dashboard'],
}

async function ask(ports: RefusalPorts, ids: readonly string[] = refusalId.options): Promise<readonly Finding[]> {
  const outcomes = await Promise.all(upgradeRefusals.filter(({ id }) => ids.includes(id)).map(({ run }) => run(ports)))
  return outcomes.flatMap((outcome) => ('findings' in outcome ? (outcome.findings ?? []) : []))
}

test('every reason has a check, a calm machine none of them, and a stormy one all at once', async () => {
  expect(upgradeRefusals.map(({ id }) => id).toSorted()).toEqual(refusalId.options.toSorted())
  expect(await ask(calm)).toEqual([])
  const findings = await ask(stormy)
  expect(findings.map(({ subject }) => subject).toSorted()).toEqual(refusalId.options.toSorted())
  expect(findings.every(({ severity }) => severity === 'error')).toBe(true)
})

test.each(refusalId.options)('%s is passed over by its own name only', async (id) => {
  const findings = passOver(await ask(stormy), [id])
  expect(findings.filter(({ severity }) => severity === 'warning')).toMatchObject([{ code: 'UPGRADE_DESPITE', subject: id }])
  expect(findings.filter(({ severity }) => severity === 'error')).toHaveLength(refusalId.options.length - 1)
})

test('what nobody could look at stops like what was found, and is passed over by the same name', () => {
  const unchecked = [toUnchecked('docs-red', 'no such command')]
  expect(unchecked).toMatchObject([{ severity: 'error', subject: 'docs-red', fix: { command: 'sanctumctl docs check' } }])
  expect(passOver(unchecked, ['lease-open'])).toEqual(unchecked)
  expect(passOver(unchecked, ['docs-red'])).toMatchObject([{ code: 'UPGRADE_DESPITE', severity: 'warning', subject: 'docs-red' }])
})

test('only what was found is recorded as passed over', async () => {
  const named = ['lease-open', 'checkout-diverged'] as const
  expect(toPassedOver(passOver(await ask(calm), named))).toEqual([])
  expect(toPassedOver(passOver(await ask({ ...calm, leases: stormy.leases }), named))).toEqual(['lease-open'])
})

test('each way on is named whole, and only where a person may pass over', async () => {
  const retype = (added: readonly string[]) => `sanctumctl upgrade ${added.join(' ')}`
  const found = await ask(stormy)
  for (const { subject, fix } of nameWayOn(found, retype))
    expect(fix?.text).toBe(`Resolve it, or pass it over, which is recorded: sanctumctl upgrade --despite ${subject}`)
  const left = [...passOver(found, ['lease-open']).filter(({ severity }) => severity === 'warning'), toNoCheckout('/opt/sanctum')]
  expect(nameWayOn(left, retype)).toEqual(left)
})

const told: readonly (readonly [string, Partial<RefusalPorts>, string])[] = [
  [
    'five paths are all told',
    { dirty: async () => ['a', 'b', 'c', 'd', 'e'] },
    'the checkout has changes that are not committed: a, b, c, d, e',
  ],
  [
    'of more, five and how many more',
    { dirty: async () => ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
    'the checkout has changes that are not committed: a, b, c, d, e and 2 more',
  ],
  ['one commit', { ahead: async () => 1 }, 'the checkout has 1 commit that the new revision does not have'],
  ['two commits', { ahead: async () => 2 }, 'the checkout has 2 commits that the new revision does not have'],
  ['three of four causes', { doctor: async () => ({ kind: 'red', because: ['w', 'x', 'y', 'z'] }) }, 'doctor --quick is red: w; x; y'],
  ['no cause', { doctor: async () => ({ kind: 'red', because: [] }) }, 'doctor --quick is red'],
]

test.each(told)('what is told: %s', async (_, ports, message) => {
  expect(await ask({ ...calm, ...ports })).toMatchObject([{ message }])
})

test('a reason that was found is a check that ran', async () => {
  const kinds = await Promise.all(upgradeRefusals.map(async ({ run }) => (await run(stormy)).kind))
  expect(new Set(kinds)).toEqual(new Set(['ran']))
})

test('who gives no answer could not be checked', async () => {
  const silent = { ...calm, docs: async () => ({ kind: 'unanswered', why: 'no such command' }) as const }
  const outcome = await upgradeRefusals.find(({ id }) => id === 'docs-red')?.run(silent)
  expect(outcome).toMatchObject({ kind: 'could-not-check', reason: 'sanctumctl docs check: no such command' })
})

const failed = buildUpgrade({ steps: [{ step: 'verify', outcome: 'failed', took_ms: 1, says: 'sick' }] })
const cases: Readonly<Record<keyof typeof upgradeCodes, () => readonly Finding[] | Promise<readonly Finding[]>>> = {
  UPGRADE_WINDOW_ACTIVE: () => ask(stormy, ['stability-window']),
  UPGRADE_DOCTOR_RED: () => ask(stormy, ['doctor-red']),
  UPGRADE_ON_DRIFT: () => ask(stormy, ['runtime-drift']),
  UPGRADE_DOCS_RED: () => ask(stormy, ['docs-red']),
  UPGRADE_CHECKOUT_DIRTY: () => ask(stormy, ['checkout-dirty']),
  UPGRADE_CHECKOUT_DIVERGED: () => ask(stormy, ['checkout-diverged']),
  UPGRADE_LEASE_OPEN: () => ask(stormy, ['lease-open']),
  UPGRADE_CONTRACT_UNVERIFIED: () => ask(stormy, ['contract-unverified']),
  UPGRADE_DESPITE: async () => passOver(await ask(stormy, ['lease-open']), ['lease-open']),
  UPGRADE_UNCHECKED: () => [toUnchecked('docs-red', 'no such command')],
  UPGRADE_NOT_LOOKED: () => ask({ ...calm, docs: async () => ({ kind: 'not-looked', why: 'a plan builds nothing' }) }),
  UPGRADE_RECORD_DAMAGED: () => [toRecordDamaged('~/.sanctum/state/upgrade.json', 'it is no JSON')],
  UPGRADE_RECORD_SET_ASIDE: () => [toRecordSetAside('upgrade.json', { why: 'it is no JSON', aside: 'upgrade.json.damaged' })],
  UPGRADE_NO_CHECKOUT: () => [toNoCheckout('/opt/sanctum')],
  UPGRADE_STEP_FAILED: () => toStepFailed(failed),
  UPGRADE_TAKEN_BACK: () => [toTakenBack(buildUpgrade({ step: 'verify' }))],
  UPGRADE_FINISHED: () => [toFinished(buildUpgrade())],
  UPGRADE_UNFINISHED: () => toUpgradeFindings(buildUpgrade({ step: 'verify' }), { kind: 'take-back', isBack: true }),
  UPGRADE_STUCK: () => [toNotTakenBack(buildUpgrade({ step: 'verify' }), 'generation 1 is gone')],
  UPGRADE_LEFT_CODE: () => [toLeftCode(buildUpgrade({ outcome: 'unfinished' }), 'it has commits of its own')],
  CHECKOUT_LEFT: () => [toLeft(buildUpgrade(), 'it has commits of its own')],
}

test.each(Object.entries(cases))(
  '%s has a case, with the severity of its row, and says what was expected and what is',
  async (code, produce) => {
    const findings = await produce()
    expect(findings.map((finding) => [finding.code, finding.severity])).toEqual([
      [code, upgradeCodes[code as keyof typeof upgradeCodes].severity],
    ])
    const [{ subject, evidence } = {}] = findings
    expect([subject, evidence?.expected, evidence?.observed]).toEqual([expect.any(String), expect.any(String), expect.any(String)])
  },
)
