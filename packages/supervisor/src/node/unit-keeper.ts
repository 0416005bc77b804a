import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NewEvent } from '@sanctum/contracts'
import { toLive } from '../live-record.ts'
import { reduceUnit } from '../reduce-unit.ts'
import {
  createLife,
  isJob,
  type Moment,
  processOf,
  type UnitEffect,
  type UnitEvent,
  type UnitExit,
  type UnitLife,
  type UnitProcess,
} from '../unit-life.ts'
import { embeddedHome } from './embedded-home.ts'
import { removeFile, writeJson } from './json-file.ts'
import type { ProcessTable } from './process-table.ts'
import { signalProcess, signalSession } from './signal-session.ts'
import { type Environment, explainSpawnError, type spawnUnit } from './spawn-unit.ts'

export interface KeeperPorts {
  readonly home: string
  readonly processes: ProcessTable
  readonly spawn: typeof spawnUnit
  readonly environment: Environment
  wallMs(): number
  upMs(): number
  tell(event: NewEvent): void
  /** Something happened outside of a cycle. */
  wake(): void
}

/** The units and their processes: gives events to the reducer, writes the record down, then does what the reducer says. */
export interface UnitKeeper {
  readonly units: ReadonlyMap<string, UnitLife>
  moment(): Moment
  restore(unit: UnitLife): void
  send(service: string, event: UnitEvent): void
  /** Looks at processes that are not our children, and at sessions that are to end. */
  watch(): void
  drop(service: string): void
  /** From now on another supervisor may look after the units: nothing that comes later is written or done. */
  close(): void
}

export function createUnitKeeper(ports: KeeperPorts): UnitKeeper {
  const { home, processes } = ports
  const paths = embeddedHome(home)
  const bootId = processes.bootId()
  const units = new Map<string, UnitLife>()
  const children = new Map<string, ChildProcess>()
  /** Incarnations whose main process has ended while others of its session are still there. */
  const headless = new Set<string>()
  const records = new Map<string, string>()
  /** Why the record of a unit could not be written, told once: it is tried with every event, of which there are many in a second. */
  const unwritten = new Map<string, string>()
  let isClosed = false

  function moment(): Moment {
    const wallMs = ports.wallMs()
    return { wallMs, upMs: ports.upMs(), offsetMinutes: -new Date(wallMs).getTimezoneOffset(), bootId, incarnation: randomUUID() }
  }

  function send(service: string, event: UnitEvent): void {
    if (isClosed) return
    const now = moment()
    const { unit, effects } = reduceUnit(units.get(service) ?? createLife(service, now.wallMs), event, now)
    units.set(service, unit)
    writeRecord(unit)
    for (const effect of effects) perform(service, effect)
  }

  /** A full disk must not keep a service down: the marks in the environment of a process stand in for a record that is missing. */
  function writeRecord(unit: UnitLife): void {
    if (!unit.wanted.known && processOf(unit) === null && !records.has(unit.service)) return
    const live = toLive(unit, bootId)
    const text = JSON.stringify(live)
    if (records.get(unit.service) === text) return
    try {
      writeJson(paths.live(unit.service), live)
      records.set(unit.service, text)
      unwritten.delete(unit.service)
    } catch (error) {
      if (unwritten.get(unit.service) !== String(error))
        ports.tell({ kind: 'record-unwritten', subject: unit.service, data: { why: String(error) } })
      unwritten.set(unit.service, String(error))
    }
  }

  function perform(service: string, effect: UnitEffect): void {
    if (effect.do === 'tell') ports.tell(effect.event)
    else if (effect.do === 'spawn') start(service, effect)
    else signal(service, effect)
  }

  function start(service: string, { process, definition }: Extract<UnitEffect, { do: 'spawn' }>): void {
    const { incarnation } = process
    const failed = (why: string) => send(service, { kind: 'spawn-failed', incarnation, why })
    try {
      if (isJob(definition)) mkdirSync(paths.ends, { recursive: true, mode: 0o700 })
      const child = ports.spawn({
        definition,
        home,
        incarnation,
        endFile: isJob(definition) ? endFileOf(incarnation) : null,
        environment: ports.environment,
      })
      child.once('error', (error) => {
        if (child.pid !== undefined) return
        failed(explainSpawnError(error, definition))
        ports.wake()
      })
      if (child.pid === undefined) return
      children.set(incarnation, child)
      const { pid } = child
      child.once('exit', (code, sign) => {
        children.delete(incarnation)
        if (isClosed) return
        end(service, { ...process, pid }, { code, signal: sign })
        ports.wake()
      })
      send(service, { kind: 'spawned', incarnation, pid, startTime: processes.startTime(pid) })
    } catch (error) {
      failed(`it could not be started: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  function end(service: string, { incarnation, pid }: UnitProcess, exit: UnitExit): void {
    // A pid that another process has by now can lead no session of ours any more.
    const orphans = pid !== null && processes.startTime(pid) === null && processes.session(pid).length > 0
    if (orphans) headless.add(incarnation)
    send(service, { kind: 'exited', incarnation, exit, orphans })
    removeFile(endFileOf(incarnation))
  }

  function signal(
    service: string,
    { process: { incarnation, pid, startTime }, to, signal: sign }: Extract<UnitEffect, { do: 'signal' }>,
  ): void {
    if (pid === null) return
    const found = processes.startTime(pid)
    const isOurs = found === null ? headless.has(incarnation) : startTime === null || found === startTime
    if (!isOurs) return
    try {
      if (to === 'main') signalProcess(pid, sign)
      else signalSession(pid, sign, processes)
    } catch (error) {
      ports.tell({ kind: 'signal-refused', subject: service, data: { pid, signal: sign, why: String(error) } })
    }
  }

  function watch(): void {
    for (const [service, unit] of units) {
      const process = processOf(unit)
      if (process === null || process.pid === null || children.has(process.incarnation)) continue
      const { incarnation, pid, startTime } = process
      const found = processes.startTime(pid)
      if (found !== null && found === startTime) continue
      if (!headless.has(incarnation)) end(service, process, readEnd(endFileOf(incarnation)))
      else if (found !== null || processes.session(pid).length === 0) {
        headless.delete(incarnation)
        send(service, { kind: 'session-emptied', incarnation })
      }
    }
  }

  function endFileOf(incarnation: string): string {
    return join(paths.ends, incarnation)
  }

  return {
    units,
    moment,
    send,
    watch,
    restore(unit) {
      units.set(unit.service, unit)
      records.set(unit.service, '')
    },
    close() {
      isClosed = true
    },
    drop(service) {
      units.delete(service)
      records.delete(service)
      removeFile(paths.live(service))
    },
  }
}

/** What a job wrote down when it ended. */
function readEnd(path: string): UnitExit {
  try {
    const code = Number(readFileSync(path, 'utf8'))
    return Number.isInteger(code) ? { code, signal: null } : null
  } catch {
    return null
  }
}
