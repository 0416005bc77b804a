import { readdir, readFile, readlink } from 'node:fs/promises'
import { setImmediate as breathe } from 'node:timers/promises'
import { Fault, type GenerationDocument, generationDocument, type ServiceManifestDocument, type UnitManagerKind } from '@sanctum/contracts'
import { toManagedUnits } from '@sanctum/supervisor'
import { type HausDefinition, type ServiceDefinition, START_TIMEOUT_S, toServiceDefinition, toUnreadable } from '../haus-definition.ts'

export type ParseManifest = (text: string, file: string) => { readonly value: ServiceManifestDocument | null; readonly why: string }

export interface DefinitionReader {
  /** Null where there is no generation yet. A generation never changes, so it is read once. */
  readDefinition(): Promise<HausDefinition | null>
  readConfirmed(): Promise<number | null>
}

/** Reads the haus through the pointer `current`, and everything from the one generation that it named. */
export function createDefinitionReader(home: string, parseManifest: ParseManifest): DefinitionReader {
  let last: HausDefinition | null = null
  return {
    async readDefinition() {
      const generation = await readPointer(`${home}/current`)
      if (generation === null) return null
      if (last?.generation !== generation) last = await readGeneration(home, generation, parseManifest)
      return last
    },
    readConfirmed: () => readPointer(`${home}/confirmed`),
  }
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

async function readGeneration(home: string, generation: number, parseManifest: ParseManifest): Promise<HausDefinition> {
  const folder = `${home}/generations/${generation}`
  const document = parseGeneration(await readFile(`${folder}/generation.json`, 'utf8'), folder)
  const names = (await readdirIfThere(`${folder}/surfaces/services`)).filter((name) => name.endsWith('.yaml')).sort()
  const services: ServiceDefinition[] = []
  for (const name of names) {
    services.push(await readService(`${folder}/surfaces`, name, parseManifest))
    // Many manifests take a while; requests are answered between two of them.
    await breathe()
  }
  const units = toManagedUnits(document.surfaces, new Map(services.map((service) => [service.id, service])))
  return {
    generation,
    haus: await readName(`${folder}/surfaces`),
    node: document.node,
    manager: managerOf(document),
    services,
    poolMb: await readPool(folder),
    units,
  }
}

/** The haus as it was resolved says how much memory there is to share. */
async function readPool(folder: string): Promise<number | null> {
  const haus = parseJson(await readFile(`${folder}/haus.json`, 'utf8').catch(() => '')) as { capacity?: { pool_mb?: unknown } } | null
  const pool = haus?.capacity?.pool_mb
  return typeof pool === 'number' && pool > 0 ? pool : null
}

function parseGeneration(text: string, folder: string): GenerationDocument {
  const result = generationDocument.safeParse(parseJson(text))
  if (result.success) return result.data
  throw new Fault('DAMAGED', `${folder}/generation.json is not what was committed`, { path: `${folder}/generation.json` })
}

async function readService(surfaces: string, name: string, parseManifest: ParseManifest): Promise<ServiceDefinition> {
  const id = name.slice(0, -'.yaml'.length)
  try {
    const { value, why } = parseManifest(await readFile(`${surfaces}/services/${name}`, 'utf8'), `services/${name}`)
    return value === null ? toUnreadable(id, why) : toServiceDefinition(value, await readStartTimeout(`${surfaces}/embedded/${id}.json`))
  } catch (error) {
    return toUnreadable(id, error instanceof Error ? error.message : String(error))
  }
}

/** Only the definition of an embedded unit says how long a start may take. */
async function readStartTimeout(path: string): Promise<number> {
  const document = parseJson(await readFile(path, 'utf8').catch(() => ''))
  const value = typeof document === 'object' && document !== null && 'start_timeout_s' in document ? document.start_timeout_s : null
  return typeof value === 'number' && value > 0 ? value : START_TIMEOUT_S
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

async function readdirIfThere(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'EINVAL'
}
