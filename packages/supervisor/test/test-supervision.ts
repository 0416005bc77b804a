import { appendFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { SuperviseOptions } from '@sanctum/supervisor/node'
import { takeLock } from './sqlite-lock.ts'

/** What a supervisor of a test home is made of. */
export function testSupervision(home: string, lockPath: string): SuperviseOptions {
  return {
    home,
    environment: process.env,
    self: { service: 'watchdog' },
    lock: () => takeLock(lockPath),
    log: (event) => appendFileSync(join(home, 'events.ndjson'), `${JSON.stringify({ ...event, supervisor: process.pid })}\n`),
    observeReadiness: ({ readiness }) => answers(readiness?.type === 'tcp' ? (readiness.port ?? 0) : 0),
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
