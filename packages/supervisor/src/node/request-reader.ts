import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedLive, embeddedUnit, embeddedWanted, type NewEvent } from '@sanctum/contracts'
import { fromLive } from '../live-record.ts'
import type { Wanted } from '../unit-life.ts'
import { embeddedHome } from './embedded-home.ts'
import { readJsonFolder } from './json-file.ts'
import { readLink } from './read-link.ts'
import type { UnitKeeper } from './unit-keeper.ts'
import { watchFolder } from './watch-folder.ts'

export interface RequestReaderPorts {
  readonly home: string
  readonly self: string
  readonly bootId: string
  readonly keeper: UnitKeeper
  tell(event: NewEvent): void
}

/** Reads what the supervisor is told by files, each only when it may have changed. */
export interface RequestReader {
  /** The records that an earlier supervisor left. */
  restore(): void
  readDefinitions(): void
  readWanted(): void
  /** What `current` named when the definitions were last read. */
  source(): string | null
}

export function createRequestReader({ home, self, bootId, keeper, tell }: RequestReaderPorts): RequestReader {
  const paths = embeddedHome(home)
  const definitionsWatch = watchFolder(paths.definitions)
  const wantedWatch = watchFolder(paths.wantedFolder)
  let source: string | null = null
  let damaged = ''

  function readDefinitions(): void {
    const named = readLink(paths.current)
    if (!definitionsWatch.hasChanged() && named === source) return
    // One generation is read as a whole, even if the pointer moves meanwhile.
    const folder = resolve(paths.definitions)
    const definitions = folder === null ? new Map() : readJsonFolder(folder, embeddedUnit)
    const broken = [...keeper.units.values()].filter(({ service, definition }) => {
      return folder !== null && definition !== null && !definitions.has(service) && existsSync(join(folder, `${service}.json`))
    })
    tellDamaged(broken.map(({ service }) => service))
    const kept = new Set([self, ...broken.map(({ service }) => service)])
    for (const service of new Set([...keeper.units.keys(), ...definitions.keys()])) {
      const definition = definitions.get(service) ?? null
      const isKnown = definition?.digest === keeper.units.get(service)?.definition?.digest
      if (!kept.has(service) && !isKnown) keeper.send(service, { kind: 'definition-read', definition })
    }
    source = named
    definitionsWatch.markRead()
  }

  function tellDamaged(services: readonly string[]): void {
    if (services.join() !== damaged && services.length > 0) tell({ kind: 'definition-damaged', subject: services.join(), data: {} })
    damaged = services.join()
  }

  function readWanted(): void {
    if (!wantedWatch.hasChanged()) return
    const documents = readJsonFolder(paths.wantedFolder, embeddedWanted)
    for (const service of new Set([...keeper.units.keys(), ...documents.keys()])) {
      if (service === self) continue
      const document = documents.get(service)
      const known = keeper.units.get(service)?.wanted
      const wanted: Wanted =
        document === undefined
          ? { known: false, up: false, restartSeq: known?.restartSeq ?? 0, reloadSeq: known?.reloadSeq ?? 0 }
          : {
              known: true,
              up: document.up && (document.boot_id === null || document.boot_id === bootId),
              restartSeq: document.restart_seq,
              reloadSeq: document.reload_seq,
            }
      if (known === undefined || !isSame(known, wanted)) keeper.send(service, { kind: 'wanted-read', wanted })
    }
    dropForgotten()
    wantedWatch.markRead()
  }

  /** What nobody asked for and does not run leaves no record; if nothing describes it either, it is no unit. */
  function dropForgotten(): void {
    for (const [service, { definition, wanted, phase }] of [...keeper.units]) {
      if (wanted.known || phase.at !== 'down') continue
      if (definition !== null && !existsSync(paths.live(service))) continue
      keeper.drop(service)
      if (definition !== null) keeper.send(service, { kind: 'definition-read', definition })
    }
  }

  return {
    readDefinitions,
    readWanted,
    source: () => source,
    restore() {
      const { wallMs, upMs } = keeper.moment()
      for (const live of readJsonFolder(paths.liveFolder, embeddedLive).values()) {
        if (live.service !== self) keeper.restore(fromLive(live, { bootId, wallMs, upMs }))
      }
    },
  }
}

function isSame(a: Wanted, b: Wanted): boolean {
  return a.known === b.known && a.up === b.up && a.restartSeq === b.restartSeq && a.reloadSeq === b.reloadSeq
}

function resolve(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}
