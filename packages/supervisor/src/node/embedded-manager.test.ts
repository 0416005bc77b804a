import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EmbeddedSupervisor, EmbeddedWanted } from '@sanctum/contracts'
import { expect, onTestFinished, test } from 'vitest'
import { embeddedHome } from './embedded-home.ts'
import { createEmbeddedManager } from './embedded-manager.ts'
import { writeJson } from './json-file.ts'
import type { ProcessTable } from './process-table.ts'

test('what is noted as wanted while it begins to run is not taken for lost', async () => {
  const home = mkdtempSync(join(tmpdir(), 'embedded-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const paths = embeddedHome(home)
  const supervisor = { service: 'watchdog', pid: 7, start_time: '1', boot_id: 'boot', started_at_ms: 1, definitions: null } as const
  writeJson(paths.supervisor, { schema_version: 1, ...supervisor } satisfies EmbeddedSupervisor)
  const wanted = { service: 'watchdog', up: true, restart_seq: 0, reload_seq: 0, boot_id: null } as const
  const processes: ProcessTable = {
    bootId: () => 'boot',
    // The moment at which the reader learns that it runs.
    startTime: () => {
      writeJson(paths.wanted('watchdog'), { schema_version: 1, ...wanted } satisfies EmbeddedWanted)
      return '1'
    },
    session: () => [],
    marked: () => [],
  }
  expect(await createEmbeddedManager({ home, processes }).list()).toMatchObject([{ service: 'watchdog', pid: 7, wanted: true }])
})
