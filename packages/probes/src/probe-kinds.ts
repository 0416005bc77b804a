import { commandKind } from './kinds/command.ts'
import { fileKind } from './kinds/file.ts'
import { httpKind } from './kinds/http.ts'
import { interfaceKind } from './kinds/interface.ts'
import { jobKind } from './kinds/job.ts'
import { processKind } from './kinds/process.ts'
import { tcpKind } from './kinds/tcp.ts'

/** Every kind of probe. A new one is a file in `kinds/` and a row here; its observer is a row in `./node`. */
export const probeKinds = {
  http: httpKind,
  tcp: tcpKind,
  process: processKind,
  command: commandKind,
  interface: interfaceKind,
  file: fileKind,
  job: jobKind,
} as const
