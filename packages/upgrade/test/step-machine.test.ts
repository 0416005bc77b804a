import type { UpgradeDocument, UpgradeStep } from '@sanctum/contracts'
import { judgeUpgrade, planUpgrade, reduceUpgrade, type UpgradeMove } from '@sanctum/upgrade'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildUpgrade } from './build-upgrade.ts'

/** A machine as an upgrade sees it: which code and generation hold, and where the checkout is. */
interface World {
  readonly current: number
  readonly confirmed: number
  readonly checkout: 'old' | 'new'
}
const old: World = { current: 1, confirmed: 1, checkout: 'old' }

type Reducer = typeof reduceUpgrade
type Judge = typeof judgeUpgrade

/** What a step does to the world once it is done. */
const effects: Partial<Record<UpgradeStep, (world: World) => World>> = {
  swap: (world) => ({ ...world, current: 2 }),
  confirm: (world) => ({ ...world, confirmed: 2 }),
  'fast-forward': (world) => ({ ...world, checkout: 'new' }),
}

interface Cut {
  /** The step that is being performed when the process is killed, and whether its effect has come to hold. */
  readonly step: UpgradeStep
  readonly isEffective: boolean
}

/** Runs until the cut, then lets whoever comes next do what the judgement says. */
function runAndSettle(
  plan: readonly UpgradeStep[],
  cut: Cut,
  { reduce = reduceUpgrade, judge = judgeUpgrade }: { reduce?: Reducer; judge?: Judge } = {},
): World {
  let world = old
  let move: UpgradeMove = reduce(buildUpgrade({ plan: [...plan] }), { kind: 'begun' })
  for (;;) {
    const { run, act } = move
    if (act.do !== 'step') return world
    const effect = effects[act.step] ?? ((same: World) => same)
    if (act.step === cut.step) return settle(run, cut.isEffective ? effect(world) : world, judge)
    world = effect(world)
    move = reduce(run, { kind: 'step-done', tookMs: 1, says: null, ...(act.step === 'swap' ? { generation: 2 } : {}) })
  }
}

function settle(run: UpgradeDocument, world: World, judge: Judge): World {
  const judgement = judge(run, { isRunnerAlive: false, current: world.current, confirmed: world.confirmed })
  if (judgement.kind === 'finish') return { ...world, checkout: 'new' }
  return judgement.kind === 'take-back' && !judgement.isBack ? { ...world, current: 1 } : world
}

/** Both old or both new. */
function isWhole({ current, confirmed, checkout }: World): boolean {
  return checkout === 'old' ? current === 1 && confirmed === 1 : current === 2 && confirmed === 2
}

const kinds = ['upgrade', 'rollback'] as const
const plans = kinds.flatMap((kind) =>
  [true, false].flatMap((docsChanged) =>
    [true, false].flatMap((isBuilt) => [true, false].map((isKept) => planUpgrade({ kind, change: 'logic', docsChanged, isBuilt, isKept }))),
  ),
)
const cuts = plans.flatMap((plan) => plan.flatMap((step) => [true, false].map((isEffective) => ({ plan, cut: { step, isEffective } }))))

describe('killed at every step, before and after its effect', () => {
  test(`${cuts.length} cuts end whole`, () => {
    const mixed = cuts.filter(({ plan, cut }) => !isWhole(runAndSettle(plan, cut)))
    expect(mixed).toEqual([])
  })

  test('planted: a checkout that follows before the confirmation is noticed', () => {
    const early = (plan: readonly UpgradeStep[]) => {
      const rest: readonly UpgradeStep[] = plan.filter((step) => step !== 'fast-forward')
      return rest.toSpliced(rest.indexOf('confirm'), 0, 'fast-forward')
    }
    expect(cuts.some(({ plan, cut }) => !isWhole(runAndSettle(early(plan), cut)))).toBe(true)
  })

  test('planted: a judge that takes back what was confirmed, or finishes what was not, is noticed', () => {
    const takesBack: Judge = (run, moment) => ({ kind: 'take-back', isBack: judgeUpgrade(run, moment).kind === 'none' })
    const finishes: Judge = () => ({ kind: 'finish' })
    for (const judge of [takesBack, finishes]) expect(cuts.some(({ plan, cut }) => !isWhole(runAndSettle(plan, cut, { judge })))).toBe(true)
  })
})

describe('a step that fails', () => {
  test.each(buildUpgrade().plan)('at %s', (failing) => {
    let move = reduceUpgrade(buildUpgrade(), { kind: 'begun' })
    while (move.act.do === 'step' && move.act.step !== failing) move = reduceUpgrade(move.run, { kind: 'step-done', tookMs: 1, says: null })
    move = reduceUpgrade(move.run, { kind: 'step-failed', tookMs: 1, says: 'broken' })
    const isBefore = ['install', 'build', 'render'].includes(failing)
    const expected = isBefore
      ? { do: 'end', outcome: 'abandoned' }
      : failing === 'fast-forward'
        ? { do: 'end', outcome: 'unfinished' }
        : { do: 'go-back' }
    expect(move.act).toMatchObject(expected)
    expect(move.run.why).toBe(`${failing}: broken`)
    const done = buildUpgrade().plan.slice(0, buildUpgrade().plan.indexOf(failing))
    expect(move.run.steps.map(({ step, outcome }) => [step, outcome])).toEqual([...done.map((step) => [step, 'done']), [failing, 'failed']])
  })

  test('a plan without a swap has nothing to bring back', () => {
    const run = buildUpgrade({ plan: ['fast-forward', 'docs'], step: 'docs' })
    expect(reduceUpgrade(run, { kind: 'step-failed', tookMs: 1, says: 'broken' }).act).toEqual({ do: 'end', outcome: 'abandoned' })
    expect(judgeUpgrade(run, { isRunnerAlive: false, current: 3, confirmed: 3 })).toEqual({ kind: 'take-back', isBack: true })
  })

  test('after the last step it is done, and before the first none can be', () => {
    const last = { kind: 'step-done', tookMs: 1, says: null } as const
    expect(reduceUpgrade(buildUpgrade({ step: 'fast-forward' }), last).act).toEqual({ do: 'end', outcome: 'done' })
    expect(() => reduceUpgrade(buildUpgrade(), last)).toThrow('no step of this upgrade has begun')
  })

  test('what cannot go back says both reasons', () => {
    let move = reduceUpgrade(buildUpgrade({ plan: ['swap', 'doctor'] }), { kind: 'begun' })
    move = reduceUpgrade(move.run, { kind: 'step-failed', tookMs: 1, says: 'sick' })
    expect(reduceUpgrade(move.run, { kind: 'gone-back' }).run).toMatchObject({ outcome: 'reverted', why: 'swap: sick' })
    expect(reduceUpgrade(move.run, { kind: 'not-gone-back', why: 'gone' }).run).toMatchObject({ outcome: 'stuck', why: 'swap: sick; gone' })
    expect(reduceUpgrade(buildUpgrade({ step: 'swap' }), { kind: 'not-gone-back', why: 'gone' }).run.why).toBe('gone')
  })
})

describe('the order of steps', () => {
  const before = (plan: readonly UpgradeStep[], a: UpgradeStep, b: UpgradeStep) =>
    !plan.includes(a) || !plan.includes(b) || plan.indexOf(a) < plan.indexOf(b)
  const isSound = (plan: readonly UpgradeStep[]) =>
    before(plan, 'build', 'swap') &&
    before(plan, 'verify', 'confirm') &&
    before(plan, 'confirm', 'fast-forward') &&
    plan.at(-1) === 'fast-forward'

  test('holds for every plan', () => {
    fc.assert(
      fc.property(
        fc.record({
          kind: fc.constantFrom(...kinds),
          change: fc.constantFrom('machine-contract', 'logic', 'docs', 'none'),
          docsChanged: fc.boolean(),
          isBuilt: fc.boolean(),
          isKept: fc.boolean(),
        } as const),
        (input) => isSound(planUpgrade(input)),
      ),
    )
  })

  test('planted: a swap before the build is noticed', () => {
    expect(isSound(['install', 'swap', 'build', 'verify', 'confirm', 'fast-forward'])).toBe(false)
  })

  test('a change of the documentation makes no generation', () => {
    const plan = planUpgrade({ kind: 'upgrade', change: 'docs', docsChanged: true, isBuilt: false, isKept: false })
    expect(plan).toEqual(['install', 'build', 'docs', 'doctor', 'fast-forward'])
    expect(planUpgrade({ kind: 'rollback', change: 'docs', docsChanged: true, isBuilt: false, isKept: false })).toEqual([
      'doctor',
      'fast-forward',
    ])
    expect(planUpgrade({ kind: 'upgrade', change: 'none', docsChanged: false, isBuilt: false, isKept: false })).toEqual(['fast-forward'])
    const run = buildUpgrade({ plan: [...plan], step: 'doctor' })
    expect(judgeUpgrade(run, { isRunnerAlive: false, current: 1, confirmed: 1 })).toEqual({ kind: 'take-back', isBack: true })
  })

  test('a render that changes nothing is not taken for a confirmation', () => {
    const run = buildUpgrade({ step: 'doctor', generation: 1, before: 1 })
    expect(judgeUpgrade(run, { isRunnerAlive: false, current: 1, confirmed: 1 })).toEqual({ kind: 'take-back', isBack: true })
  })

  test('nothing confirmed on a machine without a generation is no confirmation', () => {
    const run = buildUpgrade({ step: 'confirm', generation: null, before: null })
    expect(judgeUpgrade(run, { isRunnerAlive: false, current: null, confirmed: null })).toEqual({ kind: 'take-back', isBack: true })
  })

  test('a generation that was asked for by its number comes to hold whatever changed', () => {
    const given = { kind: 'rollback', change: 'docs', docsChanged: true, isBuilt: true, isKept: false } as const
    expect(planUpgrade({ ...given, isByNumber: true })).toEqual(['render', 'swap', 'doctor', 'verify', 'confirm', 'fast-forward'])
    expect(planUpgrade({ ...given, isKept: true })).toEqual(['swap', 'doctor', 'verify', 'confirm', 'fast-forward'])
  })

  test('before the swap there is nothing to bring back, also where what held before was never confirmed', () => {
    const run = buildUpgrade({ step: 'build', before: 1 })
    expect(judgeUpgrade(run, { isRunnerAlive: false, current: 3, confirmed: 1 })).toEqual({ kind: 'take-back', isBack: true })
    expect(judgeUpgrade({ ...run, step: 'swap' }, { isRunnerAlive: false, current: 3, confirmed: 1 })).toMatchObject({ isBack: false })
  })

  test('a checkout that could not follow stays open', () => {
    const run = buildUpgrade({ step: 'fast-forward', outcome: 'unfinished' })
    expect(judgeUpgrade(run, { isRunnerAlive: false, current: 2, confirmed: 2 })).toEqual({ kind: 'left' })
  })

  test('who is alive, or has ended, is left alone', () => {
    expect(judgeUpgrade(buildUpgrade({ step: 'verify' }), { isRunnerAlive: true, current: 2, confirmed: 1 }).kind).toBe('running')
    expect(judgeUpgrade(buildUpgrade({ outcome: 'done' }), { isRunnerAlive: false, current: 2, confirmed: 2 }).kind).toBe('none')
    expect(judgeUpgrade(null, { isRunnerAlive: false, current: 2, confirmed: 2 }).kind).toBe('none')
  })
})
