import type { EmbeddedUnit } from '@sanctum/contracts'
import {
  createLife,
  fromLive,
  type Gate,
  type Moment,
  processOf,
  reduceUnit,
  toLive,
  type UnitEffect,
  type UnitEvent,
  type UnitLife,
} from '@sanctum/supervisor'

/** What lives in the simulated machine under one incarnation. */
interface Inhabitant {
  readonly incarnation: string
  readonly pid: number
  readonly startedUpMs: number
  main: boolean
  orphans: number
  stubborn: boolean
  signalledUpMs: number | null
}

/**
 * A machine with one supervised unit: it does what the effects say, as a kernel would, and throws where they are wrong. The supervisor
 * may die at any time and between any two of its acts.
 */
export function createSimulatedMachine(definition: EmbeddedUnit) {
  return new SimulatedMachine(definition)
}

export class SimulatedMachine {
  unit: UnitLife
  definition: EmbeddedUnit | null
  up = false
  known = false
  restartSeq = 0
  reloadSeq = 0
  gate: Gate = { open: true }
  wallMs = 1_800_000_000_000
  upMs = 5_000
  bootId = 'boot-1'
  ids = 0
  /** How the next process behaves. */
  stubborn = false
  children = 0
  spawnFails = false
  /** Dies after the record is written, before anything of it is done. */
  dieBeforeEffects = false
  dead = false
  inhabitants: Inhabitant[] = []
  /** When each start was, in time since boot. */
  spawns: number[] = []
  /** The first start that counts against the limit. */
  countedFrom = 0
  reloads = 0
  told: string[] = []
  queue: UnitEvent[] = []
  recorded = ''

  constructor(definition: EmbeddedUnit) {
    this.definition = definition
    this.unit = createLife(definition.service, this.wallMs)
    this.send({ kind: 'definition-read', definition })
    this.send({ kind: 'gate-judged', gate: this.gate })
  }

  now(): Moment {
    this.ids++
    return { wallMs: this.wallMs, upMs: this.upMs, offsetMinutes: 0, bootId: this.bootId, incarnation: `i${this.ids}` }
  }

  alive(): Inhabitant[] {
    return this.inhabitants.filter(({ main, orphans }) => main || orphans > 0)
  }

  send(event: UnitEvent): void {
    if (this.dead) return
    const { unit, effects } = reduceUnit(this.unit, event, this.now())
    this.unit = unit
    this.recorded = JSON.stringify(toLive(unit, this.bootId))
    if (this.dieBeforeEffects && effects.some((effect) => effect.do !== 'tell')) {
      this.dieBeforeEffects = false
      this.dead = true
      return
    }
    for (const effect of effects) this.perform(effect)
  }

  /** Delivers everything that has happened, until nothing more does. */
  drain(): void {
    for (let turns = 0; this.queue.length > 0; turns++) {
      if (turns > 200) throw new Error('events follow each other without end')
      this.send(this.queue.shift() as UnitEvent)
    }
  }

  setWanted(change: { up?: boolean; restart?: boolean; reload?: boolean }): void {
    if (change.restart || (change.up && !this.up)) this.countedFrom = this.spawns.length
    this.known = true
    this.up = change.up ?? this.up
    if (change.restart) this.restartSeq++
    if (change.reload) this.reloadSeq++
    this.tellWanted()
    this.drain()
  }

  tellWanted(): void {
    this.send({ kind: 'wanted-read', wanted: { known: this.known, up: this.up, restartSeq: this.restartSeq, reloadSeq: this.reloadSeq } })
  }

  setDefinition(definition: EmbeddedUnit | null): void {
    this.definition = definition
    this.send({ kind: 'definition-read', definition })
    this.drain()
  }

  setGate(open: boolean): void {
    this.gate = open ? { open } : { open, why: 'waits for another' }
    this.send({ kind: 'gate-judged', gate: this.gate })
    this.drain()
  }

  ready(): void {
    const process = processOf(this.unit)
    if (process !== null && this.inhabitants.some(({ incarnation, main }) => main && incarnation === process.incarnation))
      this.send({ kind: 'became-ready', incarnation: process.incarnation })
    this.drain()
  }

  /** The main process of the unit ends by itself. */
  crash(code: number): void {
    for (const inhabitant of this.inhabitants.filter(({ main }) => main)) this.end(inhabitant, { code, signal: null })
    this.drain()
  }

  advance(ms: number): void {
    this.upMs += ms
    this.wallMs += ms
    this.send({ kind: 'ticked' })
    this.drain()
  }

  /** A supervisor that died, or dies now, is followed by another, which reads the record and looks what runs. */
  replaceSupervisor(): void {
    this.queue = []
    this.dead = false
    // A start that was cut short is made up for, uncounted.
    if (JSON.parse(this.recorded).phase === 'spawning') this.countedFrom = this.spawns.length
    this.unit = fromLive(JSON.parse(this.recorded), this.now())
    this.send({ kind: 'definition-read', definition: this.definition })
    const process = processOf(this.unit)
    if (process !== null) this.find(process.incarnation)
    if (this.known) this.tellWanted()
    this.send({ kind: 'gate-judged', gate: this.gate })
    this.drain()
  }

  reboot(): void {
    this.bootId += '+'
    this.upMs = 1_000
    this.wallMs += 60_000
    this.inhabitants = []
    this.spawns = []
    this.countedFrom = 0
    this.replaceSupervisor()
  }

  private find(incarnation: string): void {
    const found = this.inhabitants.find((inhabitant) => inhabitant.incarnation === incarnation)
    if (found?.main) this.send({ kind: 'adopted', incarnation, pid: found.pid, startTime: '1' })
    else this.send({ kind: 'exited', incarnation, exit: null, orphans: (found?.orphans ?? 0) > 0 })
  }

  private perform(effect: UnitEffect): void {
    if (effect.do === 'tell') this.told.push(effect.event.kind)
    else if (effect.do === 'spawn') this.spawn(effect)
    else this.signal(effect)
  }

  private spawn({ process }: Extract<UnitEffect, { do: 'spawn' }>): void {
    const { incarnation } = process
    if (this.alive().length > 0) throw new Error(`started twice: ${JSON.stringify(this.alive())}`)
    if (!this.up || this.definition === null || !this.gate.open) throw new Error('started what is not to start')
    this.spawns.push(this.upMs)
    if (this.spawnFails) {
      this.queue.push({ kind: 'spawn-failed', incarnation, why: 'no such program' })
      return
    }
    const pid = 1000 + this.inhabitants.length
    this.inhabitants.push({
      incarnation,
      pid,
      startedUpMs: this.upMs,
      main: true,
      orphans: 0,
      stubborn: this.stubborn,
      signalledUpMs: null,
    })
    this.queue.push({ kind: 'spawned', incarnation, pid, startTime: '1' })
  }

  private signal({ process, to, signal }: Extract<UnitEffect, { do: 'signal' }>): void {
    const target = this.inhabitants.find(({ incarnation }) => incarnation === process.incarnation)
    if (target === undefined) throw new Error(`${signal} to nobody`)
    if (to === 'main') {
      this.reloads++
      return
    }
    if (signal === 'SIGKILL') {
      const waited = this.upMs - (target.signalledUpMs ?? this.upMs)
      if (waited < process.stop.timeout_s * 1000) throw new Error(`killed after ${waited} ms`)
    }
    target.signalledUpMs ??= this.upMs
    if (target.stubborn && signal !== 'SIGKILL') return
    const hadMain = target.main
    target.orphans = 0
    if (hadMain) this.end(target, { code: null, signal }, 0)
    else this.queue.push({ kind: 'session-emptied', incarnation: process.incarnation })
  }

  private end(inhabitant: Inhabitant, exit: { code: number | null; signal: string | null }, orphans = this.children): void {
    inhabitant.main = false
    inhabitant.orphans = orphans
    this.queue.push({ kind: 'exited', incarnation: inhabitant.incarnation, exit, orphans: orphans > 0 })
  }
}
