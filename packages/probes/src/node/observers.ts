import type { Sight } from '../judge-answer.ts'
import type { Aim, ProbeContext, ProbeOf, ProbeType } from '../probe-kind.ts'
import type { probeKinds } from '../probe-kinds.ts'
import { observeCommand } from './observe-command.ts'
import { observeFile } from './observe-file.ts'
import { observeHttp } from './observe-http.ts'
import { observeInterface } from './observe-interface.ts'
import { observeJob } from './observe-job.ts'
import { observeProcess } from './observe-process.ts'
import { observeTcp } from './observe-tcp.ts'

type TargetOf<Type extends ProbeType> = (typeof probeKinds)[Type] extends { aim(probe: never, context: ProbeContext): Aim<infer Target> }
  ? Target
  : never

/** Looks at a target; settles soon after `deadline` aborts, saying how far it came. */
export type Observer<Type extends ProbeType> = (probe: ProbeOf<Type>, target: TargetOf<Type>, deadline: AbortSignal) => Promise<Sight>

/** The observer of each kind. */
export const observers: { readonly [Type in ProbeType]: Observer<Type> } = {
  http: observeHttp,
  tcp: observeTcp,
  process: observeProcess,
  command: observeCommand,
  interface: observeInterface,
  file: observeFile,
  job: observeJob,
}
