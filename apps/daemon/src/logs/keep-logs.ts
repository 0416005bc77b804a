import { type HausDefinition, settingOf } from '../haus-definition.ts'
import { type Log, toErrorFields } from '../log.ts'

export interface LogKeeperPorts {
  /** What the home itself writes beside its services. */
  readonly ownLogs: readonly string[]
  /** Bytes; null where there is no such file. */
  readonly sizeOf: (path: string) => Promise<number | null>
  /** Empties a log; its last bytes, so many at most, stay beside it. */
  readonly cut: (path: string, keepBytes: number) => Promise<void>
}

export interface LogKeeper {
  /** Cuts what has grown too long; waits for nothing. */
  look(definition: HausDefinition): void
}

/** MB that one log holds before it is cut, where the settings of the watchdog say nothing. Its end of as much again stays beside it. */
const LIMIT_MB = 10
/** The end is copied through memory. */
const MOST_MB = 100

/** No service manager bounds the files that units write into, and one service that tells its trouble in a loop would fill the disk of all. */
export function createLogKeeper(log: Log, ports: LogKeeperPorts): LogKeeper {
  let isKeeping = false
  /** Why a log could not be cut, told once for as long as it stays so. */
  const uncut = new Map<string, string>()

  async function keep(path: string, limitBytes: number): Promise<void> {
    try {
      const bytes = await ports.sizeOf(path)
      if (bytes !== null && bytes > limitBytes) {
        await ports.cut(path, limitBytes)
        log('info', 'log-cut', { path, bytes })
      }
      uncut.delete(path)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (uncut.get(path) !== why) log('warn', 'log-uncut', { path, ...toErrorFields(error) })
      uncut.set(path, why)
    }
  }

  async function keepAll(definition: HausDefinition): Promise<void> {
    if (isKeeping) return
    isKeeping = true
    const limitBytes = Math.min(MOST_MB, settingOf(definition, 'watchdog', 'log_limit_mb') ?? LIMIT_MB) * 1024 * 1024
    for (const path of new Set([...definition.logs, ...ports.ownLogs])) await keep(path, limitBytes)
    isKeeping = false
  }

  return { look: (definition) => void keepAll(definition) }
}
