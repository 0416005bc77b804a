import type { GenerationDocument } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { createStyle } from '../views/style.ts'
import { reportUndrifted } from './report-undrifted.ts'

const surfaces = [{ unit: { service: 'voice' } }, { unit: { service: 'voice' } }, { unit: { service: 'lamp' } }, { unit: null }]
const generation = { number: 4, surfaces } as GenerationDocument

test.each([
  [{ files: true, units: false }, { generation: 4, files: [], units: null }, '4 files'],
  [{ files: false, units: true }, { generation: 4, files: null, units: [] }, '2 units'],
  [
    { files: true, units: true, patrol: true },
    { generation: 4, files: [], units: [], patrol: { drift: [], orphans: [], ghosts: [] } },
    '4 files and 2 units and what is loaded and who listens',
  ],
])('of %j it says what was compared, and nothing of the rest', (asked, data, compared) => {
  const answer = reportUndrifted(generation, asked)
  expect(answer).toMatchObject({ exit: 'ok', findings: [] })
  expect(answer.data).toEqual(data)
  expect(answer.view(createStyle({ color: false, columns: 80 }))).toBe(`✓ nothing drifted: ${compared} as generation 4 says`)
})
