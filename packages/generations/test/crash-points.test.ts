import type { Surface } from '@sanctum/contracts'
import type { FileSystem } from '@sanctum/generations'
import { planRollback } from '@sanctum/generations'
import { createGenerations, type Generations } from '@sanctum/generations/node'
import { describe, expect, test } from 'vitest'
import { apply, file, making, unit } from './haus.ts'
import { interruptFileSystem, Killed, killAt } from './interrupt-file-system.ts'
import { createMemoryFileSystem, type MemoryFileSystem } from './memory-file-system.ts'

const home = '/home/neo/.sanctum'
const units = '/home/neo/.config/systemd/user'
const open = (fileSystem: FileSystem): Generations => createGenerations({ home, roots: [units], fileSystem })

const first: Surface[] = [
  unit(units, 'voice', 'voice 1'),
  unit(units, 'router', 'router 1'),
  unit(units, 'old', 'old 1'),
  file('services/voice.yaml', 'voice: 1'),
  file('bin/with-secrets', '#!/bin/sh', { mode: '0755', target: 'programs' }),
]
const second: Surface[] = [
  unit(units, 'voice', 'voice 2'),
  unit(units, 'router', 'router 1'),
  unit(units, 'fresh', 'fresh 2'),
  file('services/voice.yaml', 'voice: 2'),
  file('config/agent-capabilities.yaml', 'agents: {}'),
]

interface Story {
  /** False where what it does is several acts that each may hold without the others. */
  readonly isSet?: boolean
  readonly prepare: (fileSystem: MemoryFileSystem) => Promise<void>
  /** Calls back once what it does is promised to hold. */
  readonly act: (generations: Generations, acknowledged: () => void) => Promise<void>
}

const nobody = async () => {}
const stories: Record<string, Story> = {
  'the first commit': { prepare: nobody, act: async (g, ack) => void (await apply(g, first, { committed: ack })) },
  'a change': {
    prepare: async (fs) => void (await apply(open(fs), first)),
    act: async (g, ack) => void (await apply(g, second, { committed: ack })),
  },
  'a forced replacement of a foreign file': {
    prepare: async (fs) => {
      await apply(open(fs), first)
      fs.writeFile(`${units}/com.sanctum.fresh.service`, Buffer.from('somebody else'), '0600')
    },
    act: async (g, ack) => void (await apply(g, second, { committed: ack, force: true })),
  },
  'a roll back': {
    prepare: async (fs) => {
      await apply(open(fs), first)
      await apply(open(fs), second)
    },
    act: async (g, ack) => {
      await g.recover()
      const reading = g.read(1)
      const rollback = planRollback(reading, { seen: g.observe(reading.kind === 'whole' ? reading.surfaces : []) })
      if (rollback.kind !== 'planned') throw new Error('refused')
      if (rollback.plan.writes) await g.commit(rollback.plan, making)
      ack()
      await g.publish()
      await g.settle()
    },
  },
  'a repair inside the generation': {
    isSet: false,
    prepare: async (fs) => {
      await apply(open(fs), first)
      fs.removeFile(`${home}/generations/1/surfaces/services/voice.yaml`)
      fs.writeFile(`${home}/generations/1/surfaces/services/voice.yaml`, Buffer.from('rotten'), '0644')
      fs.removeFile(`${home}/generations/1/surfaces/bin/with-secrets`)
    },
    act: async (g, ack) => void (await apply(g, first, { committed: ack })),
  },
  'a confirmation and a collection': {
    isSet: false,
    prepare: async (fs) => {
      for (const text of ['a', 'b', 'c', 'd']) await apply(open(fs), [file('services/x.yaml', text)])
    },
    act: async (g, ack) => {
      await g.recover()
      await g.confirm(4)
      await g.collect({ keep: 2 })
      ack()
    },
  },
}

describe.each(Object.entries(stories))('%s, killed at every effect', (_, { prepare, act, isSet = true }) => {
  test('leaves the old or the new, and the next run needs no person', async () => {
    const before = createMemoryFileSystem()
    await prepare(before)
    const after = before.copy()
    const counter = interruptFileSystem(after, () => {})
    await act(open(counter), () => {})
    const ends = new Set<string>()
    for (let at = 0; at < counter.count(); at++) {
      const fs = before.copy()
      let isAcknowledged = false
      const acknowledge = () => {
        isAcknowledged = true
      }
      await expect(act(open(killAt(fs, at)), acknowledge)).rejects.toThrow(Killed)
      expect(open(fs).readPointers().current.kind).not.toBe('damaged')

      expect((await open(fs).recover()).fault).toBeNull()
      await open(fs).settle()
      const state = files(fs)
      expect(Object.keys(state).filter((path) => /\.sanctum-new$|\.staging|\.trash/.test(path))).toEqual([])
      if (isAcknowledged || isSet) expect(isAcknowledged ? [files(after)] : [files(before), files(after)]).toContainEqual(state)
      ends.add(JSON.stringify(state))

      await act(open(fs), () => {})
      expect(files(fs)).toEqual(files(after))
    }
    // Both ends were reached, or the kills did not fall around the swap at all.
    expect(ends).toContain(JSON.stringify(files(before)))
    expect(ends).toContain(JSON.stringify(files(after)))
  })
})

/** Empty folders hold nothing and are not taken away again. */
function files(fs: MemoryFileSystem): Record<string, string> {
  return Object.fromEntries(Object.entries(fs.dump()).filter(([, text]) => !text.endsWith(' /')))
}
