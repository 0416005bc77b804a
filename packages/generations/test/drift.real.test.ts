import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Surface } from '@sanctum/contracts'
import { judgeDrift, type LoadFolder } from '@sanctum/generations'
import { createGenerations, observeCommitted, observeSurroundings, readDocument } from '@sanctum/generations/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, onTestFinished, test } from 'vitest'
import { apply, file, unit } from './haus.ts'

interface Machine {
  readonly folder: string
  readonly home: string
  readonly units: string
  readonly etc: string
}

async function createMachine(): Promise<Machine> {
  const folder = await createTemporaryFolder()
  onTestFinished(folder.remove)
  const machine = { folder: folder.path, home: join(folder.path, 'home'), units: join(folder.path, 'units'), etc: join(folder.path, 'etc') }
  mkdirSync(machine.etc)
  const generations = createGenerations({ home: machine.home, roots: [machine.units] })
  const old = [unit(machine.units, 'tunnel', 'tunnel\n'), ...setOf(machine.units)]
  await apply(generations, old)
  // A person edits what is then retired: it stays behind.
  writeFileSync(join(machine.units, 'com.sanctum.tunnel.service'), 'edited\n')
  await apply(generations, setOf(machine.units))
  unlinkSync(join(machine.units, 'com.sanctum.tunnel.service'))
  return machine
}

const setOf = (units: string): Surface[] => [
  unit(units, 'voice', 'voice\n'),
  unit(units, 'router', 'router\n'),
  file('services/voice.yaml', 'voice: 1\n'),
]

function look({ home, units, etc }: Machine): string[] {
  const committed = observeCommitted({ home, roots: [units], readDocument })
  if (committed.current === null) throw new Error('nothing is committed')
  const surfaces = `${home}/generations/${committed.current.number}/surfaces`
  const folders: LoadFolder[] = [
    { path: units, scope: 'user' },
    { path: etc, scope: 'user' },
    { path: join(etc, 'absent'), scope: 'user' },
  ]
  const published = committed.current.surfaces.flatMap(({ publish }) => publish ?? [])
  const around = observeSurroundings({ published, owned: committed.current.surfaces.map(({ path }) => `${surfaces}/${path}`), folders })
  const owners = new Set([process.getuid?.() ?? 0])
  return judgeDrift({ ...committed, current: committed.current, surfaces, around, owners, desired: null }).map(
    ({ kind, place, path }) => `${kind} ${place} ${path.slice(path.lastIndexOf('/') + 1)}`,
  )
}

/** Everything below a folder with every time that a look could change; only the time of the last reading may move. */
function snapshot(folder: string): string[] {
  return ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })].map((name) => {
    const { mode, mtimeNs, ctimeNs, ino, size } = lstatSync(join(folder, name), { bigint: true })
    return `${name} ${mode} ${mtimeNs} ${ctimeNs} ${ino} ${size}`
  })
}

type Case = [title: string, change: (machine: Machine) => void, expected: string[]]
const voice = 'com.sanctum.voice.service'
const cases: Case[] = [
  ['nothing', () => {}, []],
  ['a published file is edited', ({ units }) => writeFileSync(join(units, voice), 'edited\n'), [`modified published ${voice}`]],
  ['a published file is deleted', ({ units }) => unlinkSync(join(units, voice)), [`missing published ${voice}`]],
  ['a published file has another mode', ({ units }) => chmodSync(join(units, voice), 0o666), [`metadata published ${voice}`]],
  [
    'a link stands in place of a published file',
    ({ units }) => {
      unlinkSync(join(units, voice))
      symlinkSync('/dev/null', join(units, voice))
    },
    [`modified published ${voice}`],
  ],
  [
    'the folder of units is gone',
    ({ units }) => rmSync(units, { recursive: true }),
    ['missing published com.sanctum.router.service', `missing published ${voice}`],
  ],
  [
    'a retired file is back',
    ({ units }) => writeFileSync(join(units, 'com.sanctum.tunnel.service'), 'tunnel\n'),
    ['stale published com.sanctum.tunnel.service'],
  ],
  [
    'a unit that nobody described',
    ({ units }) => writeFileSync(join(units, 'com.sanctum.ghost.service'), 'ghost\n'),
    ['extra published com.sanctum.ghost.service'],
  ],
  ['a file that is none of our business', ({ units }) => writeFileSync(join(units, 'backup.service'), 'x\n'), []],
  ['a copy in another folder', ({ etc }) => writeFileSync(join(etc, voice), 'other\n'), [`shadow published ${voice}`]],
  [
    'a drop-in in another folder',
    ({ etc }) => {
      mkdirSync(join(etc, `${voice}.d`))
      writeFileSync(join(etc, `${voice}.d`, 'override.conf'), '[Service]\n')
    },
    ['shadow published override.conf'],
  ],
  [
    'a file of the generation is damaged',
    ({ home }) => {
      chmodSync(join(home, 'current/surfaces/services/voice.yaml'), 0o644)
      writeFileSync(join(home, 'current/surfaces/services/voice.yaml'), 'rotten\n')
    },
    ['modified generation voice.yaml'],
  ],
  [
    'a file is added to the generation',
    ({ home }) => writeFileSync(join(home, 'current/surfaces/services/x.yaml'), 'x\n'),
    ['extra generation x.yaml'],
  ],
]

test.each(cases)('%s: it is seen, and looking changes nothing', async (_, change, expected) => {
  const machine = await createMachine()
  change(machine)
  const before = snapshot(machine.folder)
  expect(look(machine)).toEqual(expected)
  expect(snapshot(machine.folder)).toEqual(before)
})

test('a file that belongs to somebody else is seen, where this test may give one away', async () => {
  const machine = await createMachine()
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(join(machine.units, voice), 33, 33)
  expect(look(machine)).toEqual(isRoot ? [`metadata published ${voice}`] : [])
})

test('planted: a comparison by name, size and time does not see an edit that keeps them', async () => {
  const machine = await createMachine()
  const path = join(machine.units, voice)
  const bySize = () => lstatSync(path).size === 'voice\n'.length
  writeFileSync(path, 'vOice\n')
  expect([bySize(), readFileSync(path, 'utf8')]).toEqual([true, 'vOice\n'])
  expect(look(machine)).toEqual([`modified published ${voice}`])
})
