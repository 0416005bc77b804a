import { execFileSync } from 'node:child_process'
import { type HomeState, readHomeState } from './home-state.ts'
import { type Ends, findLeftovers, judgeEnd, judgeMessage, judgeStanding } from './judge-home.ts'
import { createLabHaus, type LabCommand, labCommands } from './lab-haus.ts'
import { runAlone } from './strike.ts'

/** How the commands fared on a disk of one size. */
export interface FilledHome {
  readonly sizeKb: number
  /** Exit codes on the disk as it is, up to the first that is not 0. */
  readonly codes: readonly (number | null)[]
  readonly problems: readonly string[]
}

const sizesKb = [...steps(16, 128, 16), ...steps(136, 224, 8), 256, 512, 1_024, 2_048, 4_096]

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, index) => from + index * by)
}

/** A home on a disk of each size: set up, then changed; whatever did not fit is run again with room. Prints one line of JSON for each. */
const haus = await createLabHaus()
try {
  const commands = [named('bootstrap'), named('render, a change')]
  const ends = await readEnds(commands)
  for (const sizeKb of sizesKb.filter((_, index) => index % 2 === Number(process.argv[2] ?? 0))) {
    mount(haus.home, `size=${sizeKb}k`)
    try {
      process.stdout.write(`${JSON.stringify({ sizeKb, ...(await fill(commands, ends)) })}\n`)
    } finally {
      execFileSync('umount', [haus.home])
    }
  }
} finally {
  await haus.remove()
}

function named(name: string): LabCommand {
  return labCommands.find((command) => command.name === name) as LabCommand
}

function mount(folder: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `mode=700,${options}`, 'tmpfs', folder])
}

/** What stands before the first command and after each, on a disk with room. */
async function readEnds(commands: readonly LabCommand[]): Promise<HomeState[]> {
  await haus.prepare(commands[0] as LabCommand)
  const ends = [readHomeState(haus)]
  for (const command of commands) {
    const { code, stderr } = await runAlone(haus, command)
    if (code !== 0) throw new Error(`${command.name} ended with ${code}: ${stderr}`)
    ends.push(readHomeState(haus))
  }
  await haus.prepare(commands[0] as LabCommand)
  return ends
}

async function fill(commands: readonly LabCommand[], ends: readonly HomeState[]): Promise<Omit<FilledHome, 'sizeKb'>> {
  const codes: (number | null)[] = []
  const problems: string[] = []
  for (const [index, command] of commands.entries()) {
    const [old, fresh] = [ends[index], ends[index + 1]] as [HomeState, HomeState]
    const run = await runAlone(haus, command)
    codes.push(run.code)
    const state = readHomeState(haus)
    if (run.code === 0) {
      problems.push(...judgeEnd({ old, fresh }, state))
      continue
    }
    problems.push(
      ...(run.code === 73 ? [] : [`${command.name} ended with ${run.code}: ${run.stderr}`]),
      ...judgeMessage(run.stderr),
      ...judgeStanding({ old, fresh }, state),
      ...findLeftovers(state),
      ...(await runWithRoom(command, { old, fresh })),
    )
    break
  }
  return { codes, problems }
}

async function runWithRoom(command: LabCommand, ends: Ends): Promise<string[]> {
  execFileSync('mount', ['-o', 'remount,size=16m', haus.home])
  const { code, stderr } = await runAlone(haus, command)
  if (code !== 0) return [`with room ${command.name} ended with ${code}: ${stderr}`]
  return judgeEnd(ends, readHomeState(haus)).map((line) => `with room ${line}`)
}
