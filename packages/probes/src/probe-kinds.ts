import { chatKind } from './kinds/chat.ts'
import { commandKind } from './kinds/command.ts'
import { diskKind } from './kinds/disk.ts'
import { fileKind } from './kinds/file.ts'
import { heartbeatKind } from './kinds/heartbeat.ts'
import { httpKind } from './kinds/http.ts'
import { interfaceKind } from './kinds/interface.ts'
import { jobKind } from './kinds/job.ts'
import { logKind } from './kinds/log.ts'
import { memoryKind } from './kinds/memory.ts'
import { portOwnerKind } from './kinds/port-owner.ts'
import { processKind } from './kinds/process.ts'
import { sqliteKind } from './kinds/sqlite.ts'
import { tcpKind } from './kinds/tcp.ts'
import { unitKind } from './kinds/unit.ts'

/** Every kind of probe. A new one is a file in `kinds/` and a row here; its observer is a row in `./node`. */
export const probeKinds = {
  http: httpKind,
  tcp: tcpKind,
  process: processKind,
  command: commandKind,
  interface: interfaceKind,
  file: fileKind,
  job: jobKind,
  'port-owner': portOwnerKind,
  unit: unitKind,
  disk: diskKind,
  memory: memoryKind,
  heartbeat: heartbeatKind,
  chat: chatKind,
  sqlite: sqliteKind,
  log: logKind,
} as const
