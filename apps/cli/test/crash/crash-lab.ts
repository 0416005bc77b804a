import { digestState, type HomeState, readHomeState, readTouched } from './home-state.ts'
import { type Ends, judgeEnd, judgeRefusal, judgeStanding } from './judge-home.ts'
import type { LabCommand, LabHaus } from './lab-haus.ts'
import { type Phase, type Position, toPositions } from './phase-of.ts'
import { type Ended, type Refusing, runAlone, type Strike, type Struck, strike, traceRun } from './strike.ts'

/** A command as it runs undisturbed: where it can be struck, and what stands before and after it. The same in every haus of a lab. */
export interface Studied extends Ends {
  readonly command: LabCommand
  readonly positions: readonly Position[]
  readonly matches: readonly string[]
}

/** What a strike was and what was wrong after it; nothing wrong is what is hoped for. */
export interface Judged {
  readonly command: string
  readonly call: string
  readonly phase: Phase
  readonly label: string
  readonly problems: readonly string[]
}

export async function studyCommand(haus: LabHaus, command: LabCommand): Promise<Studied> {
  await haus.prepare(command)
  const old = readHomeState(haus)
  const { calls, matches } = await traceRun(haus, command)
  const fresh = readHomeState(haus)
  return { command, positions: toPositions(calls), matches, old, fresh }
}

export interface Lab {
  kill(haus: LabHaus, studied: Studied, position: Position): Promise<Judged>
  fail(haus: LabHaus, studied: Studied, position: Position, error: Refusing): Promise<Judged>
  /** How many different states the strikes have left; the command is run again from each of them, once. */
  readonly counts: { readonly states: number; readonly thirdRuns: number }
}

/** Every how many of the states that a strike left the command is run a third time. */
const THIRD_RUN_EVERY = 8

const MOST_ATTEMPTS = 3

/** Strikes, looks at what stands, runs the command again, looks again. Where time is short, once for all states that count as the same. */
export function createLab({ isShort }: { readonly isShort: boolean }): Lab {
  const known = new Map<string, readonly string[]>()
  const counts = { states: 0, thirdRuns: 0 }

  async function attack(haus: LabHaus, { studied, position, what, judge }: Attack): Promise<Judged> {
    const { command } = studied
    const struck = await strikeWhereItComes(haus, command, what)
    const state = readHomeState(haus)
    const problems = struck.isHit
      ? [...judge(struck, state), ...judgeStanding(studied, state), ...(await judgeNextRun(haus, studied, { position, state }))]
      : [`the call did not come: the run ended with ${struck.code} ${struck.stderr}`]
    return { command: command.name, call: position.at.call, phase: position.phase, label: toLabel(position, what), problems }
  }

  /** From the same state the same run comes to the same end, so each state is continued once. */
  async function judgeNextRun(
    haus: LabHaus,
    studied: Studied,
    { position: { phase, at }, state }: { readonly position: Position; readonly state: HomeState },
  ): Promise<readonly string[]> {
    const inFile = phase === 'journal' || phase === 'lock' ? `${at.call} ${at.matches} ${at.nth}` : ''
    const key = `${studied.command.name} ${inFile} ${digestState(haus, state, { isShort })}`
    const before = known.get(key)
    if (before !== undefined) return before
    counts.states++
    const isThird = counts.states % THIRD_RUN_EVERY === 0
    if (isThird) counts.thirdRuns++
    const problems = await continueRun(haus, studied, isThird)
    known.set(key, problems)
    return problems
  }

  return {
    counts,
    kill: (haus, studied, position) => attack(haus, { studied, position, what: { kind: 'kill', at: position.at }, judge: () => [] }),
    fail: (haus, studied, position, { errno, forEver }) =>
      attack(haus, {
        studied,
        position,
        what: { kind: 'error', at: position.at, errno, forEver, matches: studied.matches },
        judge: (struck, state) => judgeRefusal(studied, struck, state, { errno, forEver, ...position, exit: studied.command.exit }),
      }),
  }
}

interface Attack {
  readonly studied: Studied
  readonly position: Position
  readonly what: Strike
  readonly judge: (struck: Struck, state: HomeState) => readonly string[]
}

/** On a busy machine a question about it may go unanswered, and with the answer what it is jotted down for; then the call is waited for again. */
async function strikeWhereItComes(haus: LabHaus, command: LabCommand, what: Strike): Promise<Struck> {
  for (let attempt = 1; ; attempt++) {
    await haus.prepare(command)
    const struck = await strike(haus, command, what)
    if (struck.isHit || attempt === MOST_ATTEMPTS) return struck
  }
}

async function continueRun(haus: LabHaus, { command, old, fresh }: Studied, runsThird: boolean): Promise<readonly string[]> {
  const next = await runAlone(haus, command)
  if (!isWell(command, next)) return [`the next run ended with ${next.code ?? next.signal}: ${next.stderr}`]
  const problems = judgeEnd({ old, fresh }, readHomeState(haus)).map((line) => `after the next run ${line}`)
  if (problems.length > 0 || !runsThird) return problems
  const touched = readTouched(haus.home)
  const third = await runAlone(haus, command)
  if (third.code !== 0) return [`the run after that ended with ${third.code ?? third.signal}: ${third.stderr}`]
  return readTouched(haus.home) === touched ? [] : ['a run with nothing to do changed something']
}

/** Either all is done now, or all was done already. */
function isWell({ exit }: LabCommand, { code }: Ended): boolean {
  return code === exit || code === 0
}

function toLabel({ at, phase }: Position, what: Strike): string {
  const how = what.kind === 'kill' ? 'killed' : `${what.errno}${what.forEver ? ' for ever' : ''}`
  return `${how} at ${at.call} ${at.path} (${phase}, no. ${at.nth})`
}
