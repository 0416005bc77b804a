import { readlink } from 'node:fs/promises'
import { trialDocument } from '@sanctum/contracts'
import { homeLayout, judgeTrial, parsePointer, type TrialJudgement } from '@sanctum/generations'
import type * as supervisor from '@sanctum/supervisor/node'
import { readStateFile } from './state-file.ts'

export interface TrialReader extends Pick<typeof supervisor, 'machineUpMs'> {
  readonly home: string
  readonly processes: supervisor.ProcessTable
}

/** What the trial of a home means at this moment. By its note and the two pointers alone, so that no damaged generation is in the way. */
export async function readTrial({ home, processes, machineUpMs }: TrialReader): Promise<TrialJudgement> {
  const layout = homeLayout(home)
  const trial = trialDocument.safeParse(await readStateFile(layout.trial)).data
  if (trial === undefined) return { kind: 'none' }
  const [current, confirmed] = await Promise.all([readPointer(layout.current), readPointer(layout.confirmed)])
  const isRunnerAlive = processes.startTime(trial.by.pid) === trial.by.start_time
  return judgeTrial(trial, { current, confirmed, bootId: processes.bootId(), upMs: machineUpMs(), isRunnerAlive })
}

async function readPointer(path: string): Promise<number | null> {
  return parsePointer(await readlink(path).catch(() => ''))
}
