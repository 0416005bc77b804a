import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Surface } from '@sanctum/contracts'
import { diffGenerations, diffPlan, type FileSystem, planGeneration, planRollback } from '@sanctum/generations'
import { createGenerations } from '@sanctum/generations/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { apply, file, making, unit } from './haus.ts'
import { createPlainFileSystem } from './plain-file-system.ts'

async function createMachine() {
  const folder = await createTemporaryFolder()
  onTestFinished(folder.remove)
  const [home, units, outside] = [join(folder.path, 'home'), join(folder.path, 'units'), join(folder.path, 'outside')]
  mkdirSync(outside)
  writeFileSync(join(outside, 'victim'), 'theirs', { mode: 0o640 })
  return { folder: folder.path, home, units, outside, generations: createGenerations({ home, roots: [units] }) }
}

const setOf = (units: string, version: number): Surface[] => [
  unit(units, 'voice', `voice ${version}\n`),
  unit(units, 'router', 'router\n'),
  file('services/voice.yaml', `version: ${version}\n`),
  file('bin/with-secrets', '#!/bin/sh\n', { mode: '0755', target: 'programs' }),
]

/** Everything below folders: kind, mode, times, size and content. */
function snapshot(...folders: string[]): Record<string, string> {
  const paths = folders.flatMap((folder) => [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ])
  return Object.fromEntries(paths.map((path) => [path, describePath(path)]))
}

function describePath(path: string): string {
  const { mode, mtimeNs, ctimeNs, size, ino } = lstatSync(path, { bigint: true })
  const stats = lstatSync(path)
  const text = stats.isFile() ? readFileSync(path, 'utf8') : stats.isSymbolicLink() ? readlinkSync(path) : ''
  return `${mode.toString(8)} ${mtimeNs} ${ctimeNs} ${ino} ${stats.isDirectory() ? '' : size} ${text}`
}

test('a commit puts the set inside, publishes, and points there', async () => {
  const { home, units, generations } = await createMachine()
  await apply(generations, setOf(units, 1))
  expect(readdirSync(home).sort()).toEqual(['current', 'generations', 'services', 'state'])
  expect(readlinkSync(join(home, 'current'))).toBe('generations/1')
  expect(readFileSync(join(home, 'services/voice.yaml'), 'utf8')).toBe('version: 1\n')
  expect(statSync(join(home, 'current/surfaces/bin/with-secrets')).mode & 0o777).toBe(0o755)
  expect(readdirSync(units).sort()).toEqual(['com.sanctum.router.service', 'com.sanctum.voice.service'])
  expect(readdirSync(join(home, 'state'))).toEqual([])
  expect(statSync(home).mode & 0o777).toBe(0o700)
  await generations.confirm(1)
  expect(generations.list()).toMatchObject([{ number: 1, isCurrent: true, isConfirmed: true }])
  expect(generations.readConfirmed()?.made_from).toEqual(making.madeFrom)
})

test('a second identical run changes nothing at all, not even a modification time', async () => {
  const { home, units, generations } = await createMachine()
  await apply(generations, setOf(units, 1))
  await generations.confirm(1)
  const before = snapshot(home, units)
  const { plan } = await apply(createGenerations({ home, roots: [units] }), setOf(units, 1))
  await generations.confirm(1)
  await generations.collect({ keep: 10 })
  expect(plan.isEmpty).toBe(true)
  expect(snapshot(home, units)).toEqual(before)
})

test('a roll back gives the same files of the same generation, and tells exactly the units that differ', async () => {
  const { home, units, generations } = await createMachine()
  await apply(generations, setOf(units, 1))
  const inside = snapshot(join(home, 'generations/1'))
  const outside = readdirSync(units).map((name) => `${name} ${readFileSync(join(units, name), 'utf8')}`)
  await apply(generations, setOf(units, 2))

  const reading = generations.read(1)
  if (reading.kind !== 'whole') throw new Error(reading.kind)
  const rollback = planRollback(reading, { seen: generations.observe(reading.surfaces) })
  if (rollback.kind !== 'planned') throw new Error('refused')
  expect(rollback.plan.impact.map(({ action, service }) => `${action} ${service}`)).toEqual(['stay router', 'restart voice'])
  expect(await generations.commit(rollback.plan, making)).toBe(1)
  await generations.publish()
  await generations.settle()
  expect(snapshot(join(home, 'generations/1'))).toEqual(inside)
  expect(readdirSync(units).map((name) => `${name} ${readFileSync(join(units, name), 'utf8')}`)).toEqual(outside)
  // Forward again, to what was left behind.
  expect(generations.list().map(({ number, isCurrent }) => `${number}${isCurrent ? '*' : ''}`)).toEqual(['1*', '2'])
  const { plan } = await apply(generations, setOf(units, 3))
  expect(plan.pointer).toEqual({ kind: 'new', number: 3 })
  expect(generations.readCurrent()?.parent).toBe(1)
})

test('differences read as unified diffs', async () => {
  const { units, generations } = await createMachine()
  await apply(generations, setOf(units, 1))
  const wanted = [...setOf(units, 2).slice(0, 3), file('services/new.yaml', 'new\n')]
  const plan = planGeneration({ wanted, seen: generations.observe(wanted) })
  const byPlan = diffPlan(plan)
  expect(byPlan.map(({ path, change }) => `${change} ${path}`)).toEqual([
    'remove bin/with-secrets',
    'create services/new.yaml',
    'modify services/voice.yaml',
    'modify systemd/com.sanctum.voice.service',
  ])
  expect(byPlan[2]?.text).toBe(
    '--- services/voice.yaml (generation 1)\n+++ services/voice.yaml (wanted)\n@@ -1,1 +1,1 @@\n-version: 1\n+version: 2\n',
  )
  await apply(generations, wanted)
  const whole = (number: number) => {
    const reading = generations.read(number)
    if (reading.kind !== 'whole') throw new Error(reading.kind)
    return { document: reading.document, texts: new Map(reading.surfaces.map(({ path, content }) => [path, content])) }
  }
  expect(diffGenerations(whole(1), whole(2)).map(({ change, text }) => [change, text.split('\n').slice(2)])).toEqual(
    byPlan.map(({ change, text }) => [change, text.split('\n').slice(2)]),
  )
})

test('a plan that rests on another current is refused, and so is one with errors', async () => {
  const { units, generations } = await createMachine()
  await apply(generations, setOf(units, 1))
  const wanted = setOf(units, 2)
  const stale = planGeneration({ wanted, seen: generations.observe(wanted) })
  await apply(generations, setOf(units, 3))
  await expect(generations.commit(stale, making)).rejects.toMatchObject({ code: 'LOCKED', retryable: true })
  const wrong = [file('../x', 'x')]
  const refused = planGeneration({ wanted: wrong, seen: generations.observe(wrong) })
  expect(refused.writes).toBe(false)
  await expect(generations.commit(refused, making)).rejects.toThrow('must not be committed')
  const forged = [{ ...file('x', 'x'), digest: '0'.repeat(64) }]
  await expect(generations.commit(planGeneration({ wanted: forged, seen: generations.observe(forged) }), making)).rejects.toThrow(
    'digest of x',
  )
})

test('a recovery that may not go where the run published leaves the note for one that may', async () => {
  const { home, units, generations } = await createMachine()
  const wanted = [file('x', 'x'), { ...unit(units, 'voice', 'voice\n'), unit: null }]
  await generations.commit(planGeneration({ wanted, seen: generations.observe(wanted) }), making)
  const blind = await createGenerations({ home, roots: [] }).recover()
  expect(blind.findings.map(({ code }) => code)).toContain('EDITED_FILE_IN_THE_WAY')
  expect(await generations.recover()).toMatchObject({ outcome: 'finished', fault: null })
  expect(readdirSync(units)).toEqual(['com.sanctum.voice.service'])
})

describe('attacks on the places that are written', () => {
  type Machine = Awaited<ReturnType<typeof createMachine>>
  const attacks: Record<string, (machine: Machine) => void> = {
    'the folder of units is a link to the outside': ({ units, outside }) => {
      mkdirSync(units)
      symlinkSync(outside, join(units, 'sub'))
    },
    'the published file is a link to a victim': ({ units, outside }) => {
      mkdirSync(join(units, 'sub'), { recursive: true })
      symlinkSync(join(outside, 'victim'), join(units, 'sub/com.sanctum.voice.service'))
    },
    'the published file is a hard link to a victim': ({ units, outside }) => {
      mkdirSync(join(units, 'sub'), { recursive: true })
      linkSync(join(outside, 'victim'), join(units, 'sub/com.sanctum.voice.service'))
    },
    'the file beside it is a link to a victim': ({ units, outside }) => {
      mkdirSync(join(units, 'sub'), { recursive: true })
      symlinkSync(join(outside, 'victim'), join(units, 'sub/.com.sanctum.voice.service.sanctum-new'))
    },
    'the generations are a link to the outside': ({ home, outside }) => {
      mkdirSync(home, { recursive: true })
      symlinkSync(outside, join(home, 'generations'))
    },
    'the state is a link to the outside': ({ home, outside }) => {
      mkdirSync(home, { recursive: true })
      symlinkSync(outside, join(home, 'state'))
    },
    'the note of a run is a link to a victim': ({ home, outside }) => {
      mkdirSync(join(home, 'state'), { recursive: true })
      symlinkSync(join(outside, 'victim'), join(home, 'state/.intent.json.sanctum-new'))
    },
    'the next pointer is a link to a victim': ({ home, outside }) => {
      mkdirSync(home, { recursive: true })
      symlinkSync(join(outside, 'victim'), join(home, '.current.sanctum-new'))
    },
    'the backups are a link to the outside': ({ home, units, outside }) => {
      mkdirSync(home, { recursive: true })
      symlinkSync(outside, join(home, 'backups'))
      mkdirSync(join(units, 'sub'), { recursive: true })
      writeFileSync(join(units, 'sub/com.sanctum.voice.service'), 'foreign')
    },
    'a generation is a link to the outside': ({ home, outside }) => {
      mkdirSync(join(home, 'generations'), { recursive: true })
      symlinkSync(outside, join(home, 'generations/.staging-1'))
      symlinkSync(outside, join(home, 'generations/2'))
    },
  }

  /** What the outside is before and after runs without and with force; each is refused or done. */
  async function attackWith(attack: (machine: Machine) => void, plant?: FileSystem) {
    const machine = await createMachine()
    const { home, units, outside } = machine
    attack(machine)
    const before = withoutLinkCount(snapshot(outside))
    const generations = createGenerations({ home, roots: [units], ...(plant ? { fileSystem: plant } : {}) })
    const wanted = [unit(join(units, 'sub'), 'voice', 'voice 1\n'), file('services/voice.yaml', 'x\n')]
    for (const force of [false, true])
      await apply(generations, wanted, { force }).catch((error) => expect(error).toMatchObject({ name: 'Fault' }))
    return { before, after: withoutLinkCount(snapshot(outside)) }
  }

  test.each(Object.entries(attacks))('%s: nothing outside is written, removed or chmodded', async (_, attack) => {
    const { before, after } = await attackWith(attack)
    expect(after).toEqual(before)
  })

  test('planted: with plain paths the same attacks reach the outside', async () => {
    const reached: string[] = []
    for (const [name, attack] of Object.entries(attacks)) {
      const { before, after } = await attackWith(attack, createPlainFileSystem())
      if (JSON.stringify(before) !== JSON.stringify(after)) reached.push(name)
    }
    expect(reached).toEqual(
      expect.arrayContaining([
        'the folder of units is a link to the outside',
        'the generations are a link to the outside',
        'the state is a link to the outside',
      ]),
    )
  })

  test('a folder that becomes a link between the plan and the publication', async () => {
    const { units, outside, generations, home } = await createMachine()
    const wanted = [unit(join(units, 'sub'), 'voice', 'voice 1\n')]
    await apply(generations, [unit(join(units, 'sub'), 'voice', 'voice 0\n')])
    const before = snapshot(outside)
    const plan = planGeneration({ wanted, seen: generations.observe(wanted) })
    await generations.commit(plan, making)
    renameSync(join(units, 'sub'), join(units, 'moved'))
    symlinkSync(outside, join(units, 'sub'))
    expect((await generations.publish()).map(({ code }) => code)).toEqual(['EDITED_FILE_IN_THE_WAY'])
    expect(snapshot(outside)).toEqual(before)
    expect(readdirSync(join(home, 'state'))).toEqual(['intent.json'])
  })

  /** Making a hard link changes the victim's time of change before we start; taking it away does too, and is right. */
  function withoutLinkCount(tree: Record<string, string>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(tree).map(([path, text]) => [
        path,
        text
          .split(' ')
          .filter((_, index) => index !== 2)
          .join(' '),
      ]),
    )
  }
})

describe('a machine that refuses', () => {
  test('a folder of units that may not be written: a fault with path and exit, the new set stands, the next run finishes', async () => {
    const { home, units, generations } = await createMachine()
    await apply(generations, setOf(units, 1))
    const allow = forbid(units, [home, ...Object.keys(snapshot(home))])
    await expect(apply(generations, setOf(units, 2))).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      errno: 'EACCES',
      path: expect.stringContaining(units),
    })
    expect(readFileSync(join(home, 'current/surfaces/services/voice.yaml'), 'utf8')).toBe('version: 2\n')
    // A roll back is possible while that lasts; it only cannot publish either.
    const recovery = await generations.recover()
    expect(recovery).toMatchObject({ outcome: 'finished', fault: { errno: 'EACCES' } })
    allow()
    const { recovery: next, plan } = await apply(generations, setOf(units, 2))
    expect(next).toMatchObject({ outcome: 'finished', fault: null })
    expect(plan.changes).toEqual([])
    expect(readFileSync(join(units, 'com.sanctum.voice.service'), 'utf8')).toBe('voice 2\n')
    expect(readdirSync(units).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('a home that may not be written: a fault, and the old set stands whole', async () => {
    const { home, units, generations } = await createMachine()
    await apply(generations, setOf(units, 1))
    const before = snapshot(home, units)
    const allow = forbid(join(home, 'state'), [])
    await expect(apply(generations, setOf(units, 2))).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      path: expect.stringContaining(join(home, 'state')),
    })
    allow()
    expect(Object.keys(snapshot(home, units))).toEqual(Object.keys(before))
    expect((await apply(generations, setOf(units, 2))).recovery.outcome).toBe('clean')
  })

  /** Takes away the right to write a folder. Root may write anyway, so it becomes somebody else, who owns the rest. */
  function forbid(folder: string, owned: readonly string[]): () => void {
    const { uid, mode } = statSync(folder)
    const isRoot = process.geteuid?.() === 0
    if (isRoot) {
      for (const path of owned) if (!lstatSync(path).isSymbolicLink()) chownSync(path, 65_534, 65_534)
      for (const path of [join(folder, '..'), join(folder, '../..')]) if (path.includes('sanctum-test-')) chmodSync(path, 0o755)
    }
    chmodSync(folder, 0o555)
    if (isRoot) process.seteuid?.(65_534)
    let isForbidden = true
    const allow = () => {
      if (!isForbidden) return
      isForbidden = false
      if (isRoot) process.seteuid?.(uid)
      chmodSync(folder, mode & 0o777)
    }
    onTestFinished(allow)
    return allow
  }
})
