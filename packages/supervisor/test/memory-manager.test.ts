import { createMemoryManager, unitManagerContract } from '@sanctum/supervisor/testing'
import { describe, expect, it } from 'vitest'

describe('the manager in memory keeps the contract of the port', () => {
  it.each(unitManagerContract)('$title', async ({ run }) => {
    const manager = createMemoryManager([
      { service: 'daemon', digest: 'a' },
      { service: 'reloadable', digest: 'a', reloads: true },
      { service: 'oneshot', kind: 'oneshot', digest: 'a' },
    ])
    await expect(
      run({
        manager,
        daemon: 'daemon',
        reloadable: 'reloadable',
        oneshot: 'oneshot',
        redefine: async (service) => manager.define({ service, digest: 'b' }),
        undefine: async (service) => manager.undefine(service),
        crash: async (service) => manager.crash(service),
        pause: async () => {},
      }),
    ).resolves.toBeUndefined()
  })

  it('catches a manager that starts twice', async () => {
    const manager = createMemoryManager([{ service: 'daemon' }])
    const broken = { ...manager, start: manager.restart }
    const second = unitManagerContract.find(({ title }) => title.startsWith('starts a unit once'))
    const world = { manager: broken, daemon: 'daemon', reloadable: '', oneshot: '', pause: async () => {} }
    await expect(second?.run(world as never)).rejects.toThrow('the second start')
  })
})
