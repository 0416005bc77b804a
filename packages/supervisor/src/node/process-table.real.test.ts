import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createProcessTable, parsePs } from './process-table.ts'

describe('the process table', () => {
  it('reads output as ps on macOS documents it, without those that only wait to be collected', () => {
    const text = [
      '  501   501 Ss   Fri Nov 27 09:00:01 2026     /opt/sanctum/bin/agent SANCTUM_UNIT=agent SANCTUM_INCARNATION=i1',
      '  502   501 Z    Fri Nov  7 09:00:02 2026     (agent)',
      '  503   503 S+   Fri Nov  7 09:00:03 2026',
      'noise',
    ].join('\n')
    expect(parsePs(text)).toEqual([
      {
        pid: 501,
        group: 501,
        startTime: 'Fri Nov 27 09:00:01 2026',
        rest: '/opt/sanctum/bin/agent SANCTUM_UNIT=agent SANCTUM_INCARNATION=i1',
      },
      { pid: 503, group: 503, startTime: 'Fri Nov 7 09:00:03 2026', rest: '' },
    ])
  })

  it('knows this process, and not one that is gone', async () => {
    const table = createProcessTable()
    expect(table.startTime(process.pid)).toMatch(/^\d+$/)
    expect(table.bootId()).toBe(table.bootId())
    const child = spawn('/bin/sleep', ['1000'], { detached: true, stdio: 'ignore' })
    const pid = child.pid as number
    expect(table.session(pid)).toEqual([{ pid, group: pid }])
    expect(table.startTime(pid)).not.toBeNull()
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(table.startTime(pid)).toBeNull()
    expect(table.session(pid)).toEqual([])
  })
})
