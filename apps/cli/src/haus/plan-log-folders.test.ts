import { buildRun, buildService } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { planLogFolders } from './plan-log-folders.ts'

const run = buildRun(['/usr/bin/true'])

test('each folder that a unit logs into is made once; a service without a unit needs none', () => {
  const services = {
    web: buildService('web', {
      run,
      logs: { stdout: '/home/neo/.sanctum/logs/web.out.log', stderr: '/home/neo/.sanctum/logs/web.err.log' },
    }),
    api: buildService('api', { run, logs: { stdout: '/var/log/api/out.log', stderr: '/home/neo/.sanctum/logs/api.err.log' } }),
    seen: buildService('seen', { run: null, container: null, logs: { stdout: '/srv/seen/out.log', stderr: '/srv/seen/err.log' } }),
  }
  expect(planLogFolders({ services })).toEqual([
    { root: '/home/neo/.sanctum/logs', steps: [{ do: 'make-directory', path: '/home/neo/.sanctum/logs', mode: '0700' }] },
    { root: '/var/log/api', steps: [{ do: 'make-directory', path: '/var/log/api', mode: '0700' }] },
  ])
})
