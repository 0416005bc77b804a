import {
  compareText,
  type EmbeddedLive,
  type EmbeddedUnit,
  type EmbeddedWanted,
  embeddedLive,
  embeddedUnit,
  embeddedWanted,
  Fault,
  type StrangerUnit,
  type UnitState,
} from '@sanctum/contracts'
import { toUnitState } from '../to-unit-state.ts'
import { isGood, type UnitManager, type UnitName, type UnitReply } from '../unit-manager.ts'
import { embeddedHome } from './embedded-home.ts'
import { overwriteJson, readJson, readJsonFolder, removeFile, writeJson } from './json-file.ts'
import { createProcessTable, type ProcessTable } from './process-table.ts'
import { readLink } from './read-link.ts'
import { endSession } from './signal-session.ts'
import type { Environment } from './spawn-unit.ts'
import { readSupervisor, type SupervisorSight, startSupervisor } from './supervisor-process.ts'

export interface EmbeddedManagerOptions {
  /** SANCTUM_HOME. */
  readonly home: string
  /** The service that is the supervisor itself. */
  readonly self?: string
  /** How long to wait for the supervisor to take a request, beside the time that a unit may take to stop. */
  readonly patienceMs?: number
  readonly processes?: ProcessTable
  /** Of this process, for the supervisor if it is started here: PATH, HOME, USER, LANG and TZ are handed on. */
  readonly environment?: Environment
  /** Who holds the lock of the supervisor, asked where no record says that one runs: on a full disk it cannot write one. */
  lockHolder?(): { readonly pid: number | null; readonly sinceMs: number | null } | null
  /** Starts the supervisor; by default as its definition says. */
  startSupervisor?(): Promise<unknown>
}

const PATIENCE_MS = 5000
const LOOK_MS = 10
/** Far longer than a supervisor takes from its lock to its first record. */
const BEGINNING_MS = 10_000

/**
 * The embedded supervisor as seen by a client: it writes what is wanted, wakes the supervisor, and waits until its record says that it
 * took the request. What is wanted already is not written again.
 */
export function createEmbeddedManager(options: EmbeddedManagerOptions): UnitManager {
  const { home, self = 'watchdog', patienceMs = PATIENCE_MS, processes = createProcessTable() } = options
  const paths = embeddedHome(home)
  /** Services whose last request was written over the one before: whoever supervises finds no room for a record either. */
  const roomless = new Set<string>()
  const begin = options.startSupervisor ?? (() => startSupervisor(home, self, options.environment))

  function supervisor() {
    return readSupervisor(home, processes)
  }

  /** A supervisor that could not write down that it is one. One that has only just begun is about to, and counts once it has. */
  function unrecorded(): { pid: number; sinceMs: number } | null {
    const holder = supervisor().kind === 'running' ? null : (options.lockHolder?.() ?? null)
    if (holder === null || holder.pid === null || holder.sinceMs === null) return null
    return Date.now() - holder.sinceMs < BEGINNING_MS ? null : { pid: holder.pid, sinceMs: holder.sinceMs }
  }

  function seen(service: string) {
    return {
      definition: readJson(paths.definition(service), embeddedUnit),
      wanted: readJson(paths.wanted(service), embeddedWanted),
      live: readJson(paths.live(service), embeddedLive),
    }
  }

  async function list(): Promise<readonly UnitState[]> {
    const definitions = readJsonFolder(paths.definitions, embeddedUnit)
    const lives = readJsonFolder(paths.liveFolder, embeddedLive)
    const sight = supervisor()
    // Last of them: who runs was noted as wanted before, so a note that is not there then is gone.
    const wanted = readJsonFolder(paths.wantedFolder, embeddedWanted)
    const isSupervised = sight.kind === 'running'
    const bootId = processes.bootId()
    const isRead = sight.kind === 'running' && sight.definitions === readLink(paths.current)
    const services = [...new Set([...definitions.keys(), ...wanted.keys(), ...lives.keys()])].sort(compareText)
    return services.map((service) => {
      if (service === self) return selfState(sight, definitions.get(self) ?? null, wanted.get(self) ?? null)
      const live = lives.get(service) ?? null
      return toUnitState({
        service,
        definition: definitions.get(service) ?? null,
        wanted: wanted.get(service) ?? null,
        live,
        isSupervised,
        isAlive: live !== null && isAlive(live, processes),
        file: paths.definition(service),
        isRead,
        bootId,
      })
    })
  }

  function selfState(sight: SupervisorSight, definition: EmbeddedUnit | null, wanted: EmbeddedWanted | null): UnitState {
    const isUp = sight.kind === 'running'
    const silent = unrecorded()
    const known = {
      activity: isUp ? 'running' : sight.kind === 'dead' ? 'failed' : 'stopped',
      pid: isUp ? sight.pid : null,
      why: isUp ? 'it supervises the others' : sight.kind === 'dead' ? `the supervisor, pid ${sight.pid}, is gone` : 'no supervisor runs',
    } as const
    return {
      service: self,
      unit: definition?.unit ?? self,
      manager: 'embedded',
      loaded: definition !== null,
      wanted: wanted?.up ?? null,
      ...(silent === null
        ? known
        : {
            activity: 'running',
            pid: silent.pid,
            why: 'it runs, and could not write down that it supervises; a full disk is why, as a rule',
          }),
      startedAtMs: isUp ? sight.startedAtMs : (silent?.sinceMs ?? null),
      restarts: 0,
      lastExit: null,
      // With which definition the supervisor itself was started is written nowhere.
      definitionDigest: isUp || silent !== null ? null : (definition?.digest ?? null),
      definitionFile: definition === null ? null : paths.definition(self),
      dropIns: [],
      needsReload: false,
    }
  }

  /** Processes with the marks of this home that no record of the supervisor knows. */
  async function listStrangers(): Promise<readonly StrangerUnit[]> {
    const lives = [...readJsonFolder(paths.liveFolder, embeddedLive).values()]
    const sight = supervisor()
    const known = new Set([...lives.map(({ pid }) => pid), sight.kind === 'none' ? null : sight.pid])
    return processes
      .marked()
      .filter((process) => process.home === home && !known.has(process.pid))
      .map(({ service, pid }) => ({ unit: service, pid, why: `it has the marks of ${service}, but the supervisor does not know it` }))
      .sort((a, b) => compareText(a.unit, b.unit) || a.pid - b.pid)
  }

  /** On a full disk over the old text: what fills it is stopped in this way too. Throws a Fault. */
  function want(next: EmbeddedWanted): void {
    const path = paths.wanted(next.service)
    roomless.delete(next.service)
    try {
      writeJson(path, next, { durable: true })
    } catch (error) {
      if (!isFull(error) || !overwriteJson(path, next)) throw error
      roomless.add(next.service)
    }
  }

  /** Writes what is wanted if it differs, wakes the supervisor and waits for it. */
  async function ask(
    service: string,
    next: EmbeddedWanted,
    isTaken: (live: EmbeddedLive | null) => boolean,
    extraMs = 0,
  ): Promise<UnitReply> {
    const known = readJson(paths.wanted(service), embeddedWanted)
    const changed = JSON.stringify(known) !== JSON.stringify(next)
    if (changed) want(next)
    if (!changed && isTaken(seen(service).live)) return { kind: 'unchanged', service }
    let isOvertaken = false
    const failed = await wakeUntil(
      service,
      () => {
        isOvertaken = JSON.stringify(readJson(paths.wanted(service), embeddedWanted)) !== JSON.stringify(next)
        return isOvertaken || isTaken(seen(service).live)
      },
      extraMs,
    )
    if (isOvertaken) return { kind: 'refused', service, why: 'another request came meanwhile; the last one counts' }
    return failed ?? { kind: 'accepted', service }
  }

  /** Null when it came to be. */
  async function wakeUntil(service: string, isSo: () => boolean, extraMs: number): Promise<UnitReply | null> {
    if (!wake()) return noSupervisor(service)
    const deadline = performance.now() + patienceMs + extraMs
    while (!isSo()) {
      if (supervisor().kind !== 'running') return noSupervisor(service)
      if (performance.now() > deadline)
        return { kind: 'timed-out', service, why: `the supervisor did not take it within ${patienceMs + extraMs} ms` }
      await pause()
    }
    return null
  }

  function wake(): boolean {
    const sight = supervisor()
    if (sight.kind !== 'running') return false
    try {
      process.kill(sight.pid, 'SIGHUP')
      return true
    } catch {
      return false
    }
  }

  function nextWanted(service: string, change: Partial<EmbeddedWanted>): EmbeddedWanted {
    const { wanted, live, definition } = seen(service)
    // Where the request was lost the supervisor still goes by it: a number that it has done already asks for nothing.
    const last = wanted ?? live?.wanted
    return {
      schema_version: 1,
      service,
      up: last?.up ?? false,
      restart_seq: last?.restart_seq ?? 0,
      reload_seq: last?.reload_seq ?? 0,
      // A unit that never starts by itself is not to come up with the next boot either; a schedule is armed for good.
      boot_id: definition === null || definition.starts || definition.kind === 'periodic' ? null : processes.bootId(),
      ...change,
    }
  }

  async function start(service: string): Promise<UnitReply> {
    if (service === self) return startSelf()
    const { definition, live } = seen(service)
    if (definition === null) return unknownUnit(service)
    const next = nextWanted(service, { up: true })
    const isGivenUp = live?.phase === 'down' && live.held && live.wanted.up && givenUp.includes(live.activity)
    return ask(service, isGivenUp ? { ...next, restart_seq: next.restart_seq + 1 } : next, (record) =>
      isBegun(record, nextWanted(service, {})),
    )
  }

  async function stop(service: string): Promise<UnitReply> {
    if (service === self) return stopSelf()
    const { definition, live, wanted } = seen(service)
    if (definition === null && live === null && wanted === null) return unknownUnit(service)
    const next = nextWanted(service, { up: false })
    const unwritten = supervisor().kind === 'running' ? null : wantDown(next)
    if (unwritten !== null) return stopUnsupervised(service, live, unwritten)
    try {
      return await ask(
        service,
        next,
        (record) => isDown(record) || (roomless.has(service) && isEnded(service, record)),
        stopMs(live, definition),
      )
    } catch (error) {
      if (!isFull(error)) throw error
      return stopUnsupervised(service, live, { changed: true, why: error.message })
    }
  }

  /** A full disk keeps nothing from being stopped; why it could not be written, where it could not. */
  function wantDown(next: EmbeddedWanted): Unwritten {
    const changed = JSON.stringify(seen(next.service).wanted) !== JSON.stringify(next)
    try {
      if (changed) want(next)
      return { changed, why: null }
    } catch (error) {
      if (!isFull(error)) throw error
      return { changed, why: error.message }
    }
  }

  /** Nobody is there to ask, so it is done here; a supervisor that comes meanwhile finds it unwanted and stops it as well. */
  async function stopUnsupervised(service: string, live: EmbeddedLive | null, { changed, why }: Unwritten): Promise<UnitReply> {
    const pids = pidsOf(service, live)
    const { signal, timeout_s } = live?.stop ?? seen(service).definition?.stop ?? { signal: 'SIGTERM', timeout_s: 10 }
    for (const pid of pids)
      if (!(await endSession(pid, { signal, timeoutMs: timeout_s * 1000 }, processes)))
        return { kind: 'failed', service, why: `process ${pid} could not be ended` }
    if (why !== null) return mayReturn(service, why)
    return { kind: changed || pids.length > 0 ? 'accepted' : 'unchanged', service }
  }

  /** By its record, and by the marks of its home: on a full disk there is no true record. */
  function pidsOf(service: string, live: EmbeddedLive | null): readonly number[] {
    const marked = processes.marked().filter((process) => process.home === home && process.service === service)
    return [...new Set([...(live?.pid != null && isAlive(live, processes) ? [live.pid] : []), ...marked.map(({ pid }) => pid)])]
  }

  function isEnded(service: string, live: EmbeddedLive | null): boolean {
    return pidsOf(service, live).length === 0
  }

  async function restart(service: string): Promise<UnitReply> {
    if (service === self) return restartSelf()
    const { definition, live } = seen(service)
    if (definition === null) return unknownUnit(service)
    const { restart_seq } = nextWanted(service, {})
    const next = nextWanted(service, { up: true, restart_seq: restart_seq + 1 })
    return ask(service, next, (record) => isBegun(record, next), stopMs(live, definition))
  }

  async function reload(service: string): Promise<UnitReply> {
    const { definition, live } = seen(service)
    if (definition === null) return unknownUnit(service)
    if (definition.reload_signal === null)
      return { kind: 'refused', service, why: 'it knows no signal to read its configuration again; restart it' }
    if (live === null || live.pid === null) return { kind: 'refused', service, why: 'it does not run' }
    if (service === self) return { kind: 'refused', service, why: 'the supervisor is restarted, not reloaded' }
    const next = nextWanted(service, { reload_seq: nextWanted(service, {}).reload_seq + 1 })
    return ask(service, next, (record) => record !== null && record.reload_seq_done >= next.reload_seq)
  }

  async function forget(service: string): Promise<UnitReply> {
    const stopped = await stop(service)
    if (stopped.kind === 'unknown-unit') return { kind: 'unchanged', service }
    if (!isGood(stopped)) return stopped
    removeFile(paths.wanted(service))
    if (service === self) return { kind: 'accepted', service }
    const gone = await wakeUntil(service, () => seen(service).live === null, 0)
    if (gone === null) return { kind: 'accepted', service }
    if (gone.kind !== 'manager-down') return gone
    removeFile(paths.live(service))
    return { kind: 'accepted', service }
  }

  async function reloadDefinitions(changed: readonly UnitName[]): Promise<readonly UnitReply[]> {
    const named = readLink(paths.current)
    const taken = await wakeUntil(
      self,
      () => {
        const sight = supervisor()
        return sight.kind === 'running' && sight.definitions === named
      },
      0,
    )
    return changed.map(({ service }) => (taken === null ? { kind: 'accepted', service } : { ...taken, service }))
  }

  async function startSelf(): Promise<UnitReply> {
    const next = nextWanted(self, { up: true, boot_id: null })
    const changed = JSON.stringify(seen(self).wanted) !== JSON.stringify(next)
    if (changed) writeJson(paths.wanted(self), next, { durable: true })
    if (supervisor().kind === 'running') return { kind: changed ? 'accepted' : 'unchanged', service: self }
    await begin()
    return (await awaitSelf(() => supervisor().kind === 'running', 'it did not begin to supervise')) ?? { kind: 'accepted', service: self }
  }

  async function stopSelf(): Promise<UnitReply> {
    const next = nextWanted(self, { up: false, boot_id: null })
    const { changed, why } = wantDown(next)
    const sight = supervisor()
    const pid = sight.kind === 'running' ? sight.pid : (unrecorded()?.pid ?? null)
    const failed = pid === null ? null : await endSelf(pid)
    if (failed !== null) return failed
    if (why !== null) return mayReturn(self, why)
    return { kind: changed || pid !== null ? 'accepted' : 'unchanged', service: self }
  }

  async function restartSelf(): Promise<UnitReply> {
    const sight = supervisor()
    if (sight.kind === 'running') {
      const failed = await endSelf(sight.pid)
      if (failed !== null) return failed
    }
    return startSelf()
  }

  /** Its children are not touched: the next supervisor adopts them. */
  async function endSelf(pid: number): Promise<UnitReply | null> {
    const startTime = processes.startTime(pid)
    const isGone = () => processes.startTime(pid) !== startTime
    process.kill(pid, seen(self).definition?.stop.signal ?? 'SIGTERM')
    const late = await awaitSelf(isGone, 'it did not end', stopMs(null, seen(self).definition))
    if (late === null) return null
    if (!isGone()) process.kill(pid, 'SIGKILL')
    return awaitSelf(isGone, 'it could not be ended')
  }

  async function awaitSelf(isSo: () => boolean, what: string, ms = patienceMs): Promise<UnitReply | null> {
    const deadline = performance.now() + ms
    while (!isSo()) {
      if (performance.now() > deadline) return { kind: 'timed-out', service: self, why: `${what} within ${ms} ms` }
      await pause()
    }
    return null
  }

  return { kind: 'embedded', list, listStrangers, reloadDefinitions, start, stop, restart, reload, forget }
}

/** What came of writing that something is wanted down. */
interface Unwritten {
  readonly changed: boolean
  /** Null where it is written. */
  readonly why: string | null
}

function isFull(error: unknown): error is Fault {
  return error instanceof Fault && error.code === 'DISK_FULL'
}

function mayReturn(service: string, why: string): UnitReply {
  return {
    kind: 'failed',
    service,
    why: `it was ended, and may be started again, since that it is to stay down could not be noted: ${why}`,
  }
}

const givenUp: readonly EmbeddedLive['activity'][] = ['failed', 'stopped', 'unknown']

/** The supervisor has seen the request and nothing of an earlier run is left. */
function isBegun(live: EmbeddedLive | null, { restart_seq }: EmbeddedWanted): boolean {
  if (live === null || !live.wanted.up || live.wanted.restart_seq < restart_seq || live.phase === 'stopping') return false
  // An intent alone may die with its supervisor.
  if (live.phase === 'spawning') return false
  if (live.restart_seq_done >= restart_seq) return live.phase !== 'down' || live.held || live.activity === 'waiting'
  // It waits for what it requires, and starts with the request once it may.
  return live.phase === 'down' && live.activity === 'waiting'
}

function isDown(live: EmbeddedLive | null): boolean {
  return live === null || (!live.wanted.up && live.phase === 'down' && live.activity === 'stopped')
}

function isAlive({ pid, start_time, boot_id }: EmbeddedLive, processes: ProcessTable): boolean {
  return pid !== null && start_time !== null && boot_id === processes.bootId() && processes.startTime(pid) === start_time
}

function stopMs(live: EmbeddedLive | null, definition: EmbeddedUnit | null): number {
  return ((live?.stop ?? definition?.stop)?.timeout_s ?? 10) * 1000 + 2000
}

function unknownUnit(service: string): UnitReply {
  return { kind: 'unknown-unit', service, why: `the current generation describes no unit of ${service}` }
}

function noSupervisor(service: string): UnitReply {
  return { kind: 'manager-down', service, why: 'the embedded supervisor is not running; what is wanted is written down for it' }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS))
}
