import { join } from 'node:path'
import type { Catalog } from '@sanctum/contracts'
import { parseCommandLine as parseRole } from '@sanctum/daemon/src/command-line.ts'
import { describe, expect, test } from 'vitest'
import { quickChecks } from '../../src/checks/doctor-checks.ts'
import { readCatalogFolder } from '../../src/node/catalog-folder.ts'
import { parseCommandLine } from '../../src/parse-command-line.ts'
import { repository } from '../support/test-haus.ts'
import { catalogNames, readSoundReference } from './read-reference.ts'

const ownProgram = /^\$\{host\.(sanctumctl|sanctumd)\}$/

/** Every list of words in which one is a program of ours, with what follows it: commands of units, of probes and of remediation. */
function listUses({ services, instance, overlays }: Catalog): readonly (readonly string[])[] {
  const visit = (value: unknown): string[][] => {
    if (value === null || typeof value !== 'object') return []
    if (!Array.isArray(value)) return Object.values(value).flatMap(visit)
    const start = value.findIndex((word) => typeof word === 'string' && ownProgram.test(word))
    return start < 0 ? value.flatMap(visit) : [value.slice(start) as string[]]
  }
  return [services, instance.value, Object.values(overlays).map((layer) => layer.value)].flatMap(visit)
}

/** What the program itself would say about the words; null where it would run. */
function judgeUse([program = '', ...words]: readonly string[], { services }: Pick<Catalog, 'services'>): string | null {
  const filled = words.map((word) =>
    word.replaceAll('${host.sanctum_home}', '/home/neo/.sanctum').replaceAll(/\$\{services\.[^.]+\.port\}/g, '2187'),
  )
  return program === '${host.sanctumd}' ? judgeRole(filled) : judgeCommand(filled, Object.keys(services))
}

function judgeRole(words: readonly string[]): string | null {
  const parsed = parseRole(words)
  if (parsed.kind === 'wrong') return `${parsed.message}: ${parsed.hint}`
  return parsed.kind === 'role' ? null : `a unit that prints its ${parsed.kind}`
}

function judgeCommand(words: readonly string[], services: readonly string[]): string | null {
  let invocation: ReturnType<typeof parseCommandLine>
  try {
    invocation = parseCommandLine(words, { version: '0', columns: 80, write: () => undefined })
  } catch (problem) {
    return (problem as Error).message
  }
  if (invocation === null) return 'a unit that prints its help'
  const checks = (invocation.options['check'] ?? []) as readonly string[] | true
  const unknown = checks === true ? [] : checks.filter((name) => !quickChecks.some(({ id }) => id === name))
  if (unknown.length > 0) return `there is no check ${unknown.join(', ')}`
  const named = invocation.command.args?.[0]?.describe === 'the service' ? String(invocation.args[0]) : null
  return named === null || services.includes(named) ? null : `there is no service ${named}`
}

describe.each(catalogNames)('what catalogs/%s asks of our own programs', (name) => {
  test('they do', async () => {
    const catalog = await readSoundReference(name)
    const uses = listUses(catalog)
    expect(uses.length).toBeGreaterThanOrEqual(3)
    expect(uses.flatMap((use) => judgeUse(use, catalog) ?? [])).toEqual([])
  })

  test('stands in a list of words each time, where it can be judged', async () => {
    const files = Object.entries((await readCatalogFolder(join(repository, 'catalogs', name))) ?? {})
    const text = files.flatMap(([file, content]) => (file.startsWith('services/') ? [] : [content.replaceAll(/^\s*#.*$/gm, '')])).join('\n')
    expect(listUses(await readSoundReference(name)).length).toBe(text.match(/\$\{host\.sanctum(ctl|d)\}/g)?.length)
  })
})

test.each([
  [['${host.sanctumctl}', 'sync-agents'], 'unknown command'],
  [['${host.sanctumctl}', 'doctor', '--chek', 'agent-markdown'], 'unknown option'],
  [['${host.sanctumctl}', 'doctor', '--check', 'agent-markdwon'], 'there is no check'],
  [['${host.sanctumctl}', 'restart'], 'needs <id>'],
  [['${host.sanctumctl}', 'restart', 'mlx-py-falback'], 'there is no service'],
  [['${host.sanctumctl}', '--help'], 'prints its help'],
  [['${host.sanctumd}', 'watchdgo'], 'there is no role'],
  [['${host.sanctumd}', 'failsafe', '--prot', '1'], 'there is no option'],
  [['${host.sanctumd}', 'failsafe', '--home', '${paths.logs}'], 'must be an absolute folder'],
])('%s would not pass', (use, problem) => {
  expect(judgeUse(use, { services: {} })).toContain(problem)
})
