import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import type { Candidate, LiveNames } from './answer-completion.ts'

/**
 * What this machine has now, by the names of its files alone: no catalog is parsed and nothing is opened. A home that is missing,
 * broken or forbidden has no names; a person who presses Tab did not ask for an error.
 */
export function listLiveNames(environment: Readonly<Record<string, string | undefined>>): LiveNames {
  const home = environment['SANCTUM_HOME'] || join(environment['HOME'] || homedir(), '.sanctum')
  return {
    service: () => listServices(home),
    generation: () => listGenerations(home),
    incident: () => listIncidents(home),
    lease: () => listLeases(home),
    model: () => listModels(home),
  }
}

function listServices(home: string): readonly Candidate[] {
  const names = namesIn(join(home, 'services')).flatMap((name) => /^([a-z0-9][a-z0-9._-]*)\.yaml$/i.exec(name)?.[1] ?? [])
  return names.sort().map((value) => ({ value, describe: 'service' }))
}

function listGenerations(home: string): readonly Candidate[] {
  const marks = ['current', 'confirmed'].map((pointer) => [pointer, readPointer(join(home, pointer))] as const)
  const numbers = namesIn(join(home, 'generations')).filter((name) => /^[1-9]\d*$/.test(name))
  return numbers
    .sort((a, b) => Number(b) - Number(a))
    .map((value) => {
      const said = marks.filter(([, number]) => number === value).map(([pointer]) => pointer)
      return { value, describe: said.length > 0 ? `generation, ${said.join(' and ')}` : 'generation' }
    })
}

/** Those that are open: what is over needs no acknowledgement. */
function listIncidents(home: string): readonly Candidate[] {
  try {
    const { incidents }: { incidents: readonly { id: string; why: string }[] } = JSON.parse(
      readFileSync(join(home, 'state/healing.json'), 'utf8'),
    )
    return incidents.map(({ id, why }) => ({ value: String(id), describe: String(why) }))
  } catch {
    return []
  }
}

function listLeases(home: string): readonly Candidate[] {
  const names = namesIn(join(home, 'state/leases')).flatMap((name) => /^([a-z0-9][a-z0-9-]*)\.json$/.exec(name)?.[1] ?? [])
  return names.sort().map((value) => ({ value, describe: 'lease' }))
}

/** What a router of this home wrote down when it took its definition. */
function listModels(home: string): readonly Candidate[] {
  try {
    const { models }: { models: readonly string[] } = JSON.parse(readFileSync(join(home, 'state/router-models.json'), 'utf8'))
    return models.map((value) => ({ value: String(value), describe: 'model' }))
  } catch {
    return []
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readPointer(path: string): string | null {
  try {
    return basename(readlinkSync(path))
  } catch {
    return null
  }
}
