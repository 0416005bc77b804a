import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import {
  Fault,
  type GenerationDocument,
  generationDocument,
  parseJson,
  type ServiceManifestDocument,
  type UnitManagerKind,
} from '@sanctum/contracts'
import { toManagedUnits, type UnitService } from '@sanctum/supervisor'
import {
  type HausDefinition,
  type ServiceDefinition,
  type ServiceTimes,
  toServiceDefinition,
  toUnreadable,
  usualTimes,
} from '../haus-definition.ts'

export type ParseManifest = (text: string, file: string) => { readonly value: ServiceManifestDocument | null; readonly why: string }

export interface DefinitionReader {
  /** Null where there is no generation yet. A generation never changes, so it is read once; what could not be read of it is tried again. */
  readDefinition(): Promise<HausDefinition | null>
  readConfirmed(): Promise<number | null>
}

/** Reads the haus through the pointer `current`, and everything from the one generation that it named. */
export function createDefinitionReader(
  home: string,
  parseManifest: ParseManifest,
  monotonicMs: () => number = () => performance.now(),
): DefinitionReader {
  let last: HausDefinition | null = null
  let readAtMs = 0
  return {
    async readDefinition() {
      const generation = await readPointer(`${home}/current`)
      if (generation === null) return null
      if (last?.generation === generation && (isWhole(last) || monotonicMs() - readAtMs < RETRY_MS)) return last
      readAtMs = monotonicMs()
      // Of one that stays damaged only that is read again: the rest never changes, and is most of the work.
      const whole = last?.generation === generation ? last.services.filter(isReadable) : []
      last = await readGeneration(home, generation, parseManifest, new Map(whole.map((service) => [service.id, service])))
      return last
    },
    readConfirmed: () => readPointer(`${home}/confirmed`),
  }
}

/** Others than the watch ask as well, some of them many times in a second. */
const RETRY_MS = 5000

/** A file that was damaged is put back into the same generation, and of one that could not be opened nobody knows what it says. */
function isWhole({ services }: HausDefinition): boolean {
  return services.every(isReadable)
}

function isReadable({ unreadable }: ServiceDefinition): boolean {
  return unreadable === null
}

async function readPointer(path: string): Promise<number | null> {
  try {
    const match = /^generations\/([1-9]\d{0,14})\/?$/.exec(await readlink(path))
    return match === null ? null : Number(match[1])
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function readGeneration(
  home: string,
  generation: number,
  parseManifest: ParseManifest,
  whole: ReadonlyMap<string, ServiceDefinition>,
): Promise<HausDefinition> {
  const folder = `${home}/generations/${generation}`
  const document = parseGeneration(await readFile(`${folder}/generation.json`, 'utf8'), folder)
  const names = (await readdirIfThere(`${folder}/surfaces/services`)).filter((name) => name.endsWith('.yaml')).sort()
  const resolved = parseJson(await readIfThere(`${folder}/haus.json`))
  const services: ServiceDefinition[] = []
  for (const name of names) {
    const known = whole.get(toId(name))
    services.push(known ?? (await readService(`${folder}/surfaces/services/${name}`, toTimes(resolved, toId(name)), parseManifest)))
    // Many manifests take a while; requests are answered between two of them.
    await breathe()
  }
  const described = services.map((service) => [service.id, toUnitService(service)] as const)
  const units = toManagedUnits(document.surfaces, new Map(described))
  return {
    generation,
    haus: await readName(`${folder}/surfaces`),
    node: document.node,
    manager: managerOf(document),
    services,
    poolMb: toPool(resolved),
    units,
    logs: toLogs(resolved),
  }
}

function toUnitService({ kind, startTimeoutS, stopTimeoutS }: ServiceDefinition): UnitService {
  return { kind, start_timeout_s: startTimeoutS, stop: { timeout_s: stopTimeoutS } }
}

/** The haus as it was resolved says how much memory there is to share. */
function toPool(resolved: unknown): number | null {
  const pool = (resolved as { capacity?: { pool_mb?: unknown } } | null)?.capacity?.pool_mb
  return typeof pool === 'number' && pool > 0 ? pool : null
}

/** And where each service writes. */
function toLogs(resolved: unknown): string[] {
  const { services = {} } = (resolved ?? {}) as { services?: Record<string, { logs?: { stdout?: unknown; stderr?: unknown } }> }
  const paths = Object.values(services).flatMap(({ logs }) => [logs?.stdout, logs?.stderr])
  return [...new Set(paths.filter((path) => typeof path === 'string'))]
}

/** And how long each service may take; no manifest does, and of the units only the embedded ones. */
function toTimes(resolved: unknown, id: string): ServiceTimes {
  const services = (resolved as { services?: Record<string, { start_timeout_s?: unknown; stop?: { timeout_s?: unknown } }> } | null)
    ?.services
  const { start_timeout_s, stop } = services?.[id] ?? {}
  return {
    startTimeoutS: isSeconds(start_timeout_s) ? start_timeout_s : usualTimes.startTimeoutS,
    stopTimeoutS: isSeconds(stop?.timeout_s) ? stop.timeout_s : usualTimes.stopTimeoutS,
  }
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && value > 0
}

function toId(name: string): string {
  return name.slice(0, -'.yaml'.length)
}

function parseGeneration(text: string, folder: string): GenerationDocument {
  const result = generationDocument.safeParse(parseJson(text))
  if (result.success) return result.data
  throw new Fault('DAMAGED', `${folder}/generation.json is not what was committed`, { path: `${folder}/generation.json` })
}

async function readService(path: string, times: ServiceTimes, parseManifest: ParseManifest): Promise<ServiceDefinition> {
  const name = basename(path)
  try {
    const { value, why } = parseManifest(await readFile(path, 'utf8'), `services/${name}`)
    return value === null ? toUnreadable(toId(name), why) : toServiceDefinition(value, times)
  } catch (error) {
    return toUnreadable(toId(name), error instanceof Error ? error.message : String(error))
  }
}

async function readName(surfaces: string): Promise<string> {
  const document = parseJson(await readFile(`${surfaces}/instance.json`, 'utf8').catch(() => '')) as {
    instance?: { name?: unknown; slug?: unknown }
  } | null
  const name = document?.instance?.name ?? document?.instance?.slug
  return typeof name === 'string' ? name : 'this haus'
}

function managerOf({ surfaces }: GenerationDocument): UnitManagerKind {
  const target = surfaces.find(({ unit }) => unit !== null)?.target
  if (target === 'launchd') return 'launchd'
  if (target !== 'systemd') return 'embedded'
  return surfaces.some(({ unit }) => unit?.domain === 'system') ? 'systemd-system' : 'systemd-user'
}

/** A file that is there and cannot be opened now is no reason to go by usual times for as long as the generation holds. */
async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}

async function readdirIfThere(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'EINVAL'
}
