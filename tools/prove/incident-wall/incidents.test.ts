import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Guard, Incident } from './incident.ts'
import { incidents } from './incidents.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const proofsOf = ({ outcome }: Incident) => (outcome.kind === 'reproduced' ? outcome.proofs : [])

function countText({ file, find }: Guard): number {
  return existsSync(`${root}${file}`) ? readFileSync(`${root}${file}`, 'utf8').split(find).length - 1 : 0
}

// The whole wall is proven in lane real; this says at once where a mechanism was rewritten.
test.each(incidents.map((incident) => [incident.number, incident.title, incident] as const))('%i: %s', (_number, _title, incident) => {
  const lost = proofsOf(incident).filter(({ guard, test }) => countText(guard) !== 1 || !existsSync(`${root}${test.file}`))
  expect(lost.map(({ guard }) => `${guard.file} no longer reads ${guard.find}; see tools/prove/incident-wall/incidents.ts`)).toEqual([])
})

test('planted: a text that is gone, and one that stands twice', () => {
  const file = 'tools/prove/incident-wall/incident.ts'
  const guard = { what: 'planted', file, replace: '' }
  expect([countText({ ...guard, find: 'no such text' }), countText({ ...guard, find: 'readonly' }) > 1]).toEqual([0, true])
})
