import { type Choice, fateCount } from './crash-states.ts'
import type { CrashPoint } from './disk-history.ts'

/** How many disks a point can leave at most; different choices may come to the same disk. */
export function countChoices({ pending, unsynced }: CrashPoint<unknown>): number {
  return 2 ** pending.length * fateCount ** unsynced.length
}

/** Every choice there is, for a point that leaves few. */
export function* listChoices({ pending, unsynced }: CrashPoint<unknown>): Generator<Choice> {
  const happened = new Uint8Array(pending.length)
  const fates = new Uint8Array(unsynced.length)
  for (;;) {
    yield { happened, fates }
    if (!count(happened, 2) && !count(fates, fateCount)) return
  }
}

/** Adds one to a number that is written in digits; false when it starts again from nothing. */
function count(digits: Uint8Array, base: number): boolean {
  for (let index = 0; index < digits.length; index++) {
    const next = (digits[index] ?? 0) + 1
    digits[index] = next % base
    if (next < base) return true
  }
  return false
}

/** The choices that find most: nothing, all, each change alone or missing, all up to each one, every fate for one file or for all. */
export function* listTelling({ pending, unsynced }: CrashPoint<unknown>): Generator<Choice> {
  const happened = (is: (index: number) => boolean) => Uint8Array.from(pending, (_, index) => (is(index) ? 1 : 0))
  const subsets = [happened(() => false), happened(() => true)]
  for (const at of pending.keys()) subsets.push(...[(i: number) => i === at, (i: number) => i !== at, (i: number) => i <= at].map(happened))
  for (const subset of subsets)
    for (let fate = 0; fate < fateCount; fate++) yield { happened: subset, fates: new Uint8Array(unsynced.length).fill(fate) }
  for (const at of unsynced.keys())
    for (let fate = 1; fate < fateCount; fate++)
      yield { happened: happened(() => true), fates: Uint8Array.from(unsynced, (_, index) => (index === at ? fate : 0)) }
}

/** One choice by chance: half of them as a journal would do it, all changes up to one; the others any subset, dense or thin. */
export function drawChoice({ pending, unsynced }: CrashPoint<unknown>, random: () => number): Choice {
  const isJournal = random() < 0.5
  const upTo = random() * (pending.length + 1)
  const density = random()
  const torn = random()
  const happened = new Uint8Array(pending.length)
  for (let index = 0; index < happened.length; index++) happened[index] = +(isJournal ? index < upTo : random() < density)
  const fates = new Uint8Array(unsynced.length)
  for (let index = 0; index < fates.length; index++) fates[index] = random() < torn ? 1 + Math.floor(random() * (fateCount - 1)) : 0
  return { happened, fates }
}
