import { join } from 'node:path'
import { superviseEmbedded } from '@sanctum/supervisor/node'
import { spawnUnit } from '../src/node/spawn-unit.ts'
import { testSupervision } from './test-supervision.ts'

/**
 * A supervisor to be killed by tests: `supervisor-program.ts <home>`. Exits with 75 if another one holds the lock. With DIE_AFTER_SPAWN
 * in the environment it kills itself the moment that unit is started, before it can write down what it started.
 */
const home = process.argv[2] as string

const result = await superviseEmbedded({
  ...testSupervision(home, join(home, 'lock.db')),
  spawn(start) {
    const child = spawnUnit(start)
    if (start.definition.service === process.env['DIE_AFTER_SPAWN']) process.kill(process.pid, 'SIGKILL')
    return child
  },
})

if (result.kind === 'busy') process.exit(75)
process.once('SIGTERM', async () => {
  await result.supervision.stop()
  process.exit(0)
})
