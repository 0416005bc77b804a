import { type NoteInput, renderNote } from '@sanctum/release'
import { compareGolden } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'

const input: NoteInput = {
  version: '1.2.0',
  revision: 'a'.repeat(40),
  madeAtMs: Date.UTC(2026, 10, 27),
  changes: [
    { summary: 'A hinge no longer squeaks.', bump: 'patch', packages: ['@sanctum/cli', '@sanctum/contracts'] },
    { summary: 'Bells ring.', bump: 'minor', packages: ['@sanctum/cli'] },
    { summary: 'Doors open by themselves.\n', bump: 'minor', packages: ['@sanctum/cli', '@sanctum/contracts'] },
  ],
  gates: [
    {
      gate: 'tests',
      ok: true,
      says: '7 passed | 0 failed',
      counts: { passed: 7 },
      took_ms: 1234,
      command: 'tools/sanctumctl test',
      inputs: 'x',
    },
  ],
  figures: [
    { what: 'start', value: '40 ms', beside: null, bound: '≤ 60 ms', command: 'sanctumctl --version' },
    { what: 'start', value: '40 ms', beside: '30 ms', bound: '≤ 1.5 × node', command: 'sanctumctl --version' },
  ],
  proofs: [{ programme: 'kills', counts: { kills: 10_000 }, failures: 0, date: '2026-11-27' }],
  gaps: ['No part has run on a Mac yet.'],
  files: [{ name: 'sanctum-cli-1.2.0.tgz', size_bytes: 9, sha256: 'b'.repeat(64) }],
}

test('the note says what changed, what was verified, what was measured and what is not known', async () => {
  const empty = { ...input, changes: [], figures: [], proofs: [], gaps: [] }
  expect(
    await compareGolden(new URL('golden/note', import.meta.url), { 'RELEASE.md': renderNote(input), 'EMPTY.md': renderNote(empty) }),
  ).toEqual([])
})
