import type { Sight } from '../judge-answer.ts'
import type { Aim, ProbeContext, ProbeOf, ProbeType } from '../probe-kind.ts'
import type { probeKinds } from '../probe-kinds.ts'
import type { ProbePorts } from '../probe-ports.ts'
import { observeChat } from './observe-chat.ts'
import { observeCommand } from './observe-command.ts'
import { observeDisk } from './observe-disk.ts'
import { observeFile } from './observe-file.ts'
import { observeHeartbeat } from './observe-heartbeat.ts'
import { observeHttp } from './observe-http.ts'
import { observeInterface } from './observe-interface.ts'
import { observeJob } from './observe-job.ts'
import { observeLog } from './observe-log.ts'
import { observeMemory } from './observe-memory.ts'
import { observePortOwner } from './observe-port-owner.ts'
import { observeProcess } from './observe-process.ts'
import { observeSqlite } from './observe-sqlite.ts'
import { observeTcp } from './observe-tcp.ts'
import { observeUnit } from './observe-unit.ts'

type TargetOf<Type extends ProbeType> = (typeof probeKinds)[Type] extends { aim(probe: never, context: ProbeContext): Aim<infer Target> }
  ? Target
  : never

/** Looks at a target; settles soon after `deadline` aborts, saying how far it came. */
export type Observer<Type extends ProbeType> = (
  probe: ProbeOf<Type>,
  target: TargetOf<Type>,
  deadline: AbortSignal,
  ports: ProbePorts,
) => Promise<Sight>

/** The observer of each kind. */
export const observers: { readonly [Type in ProbeType]: Observer<Type> } = {
  http: observeHttp,
  tcp: observeTcp,
  process: observeProcess,
  command: observeCommand,
  interface: observeInterface,
  file: observeFile,
  job: observeJob,
  'port-owner': observePortOwner,
  unit: observeUnit,
  disk: observeDisk,
  memory: observeMemory,
  heartbeat: observeHeartbeat,
  chat: observeChat,
  sqlite: observeSqlite,
  log: observeLog,
}
