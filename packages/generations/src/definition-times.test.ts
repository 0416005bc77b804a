import type { GenerationDocument } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { toDefinitionTimes } from './definition-times.ts'

const path = 'systemd/voice.service'
const generation = (number: number, digest: string | null, parent: number | null = number - 1 || null): GenerationDocument => ({
  schema_version: 1,
  number,
  parent,
  node: 'hub',
  created_at: new Date(number * 1000).toISOString(),
  made_from: { catalog: 'c', facts: 'f', sanctum: '0.1.0' },
  surfaces:
    digest === null
      ? []
      : [
          {
            target: 'systemd',
            subject: 'voice',
            path,
            publish: `/units/${path}`,
            mode: '0644',
            digest,
            size_bytes: 1,
            unit: { name: 'voice.service', service: 'voice', domain: 'user', starts: true },
          },
        ],
  leftovers: [],
})

test.each<[string, GenerationDocument[], number | null]>([
  ['changed by the current generation', [generation(1, 'a'), generation(2, 'b')], 2000],
  ['changed two generations ago', [generation(1, 'a'), generation(2, 'b'), generation(3, 'b')], 2000],
  ['came with a generation', [generation(1, null), generation(2, 'a'), generation(3, 'a')], 2000],
  ['as it was from the first', [generation(1, 'a'), generation(2, 'a')], null],
  ['older than what is kept', [generation(7, 'a'), generation(8, 'a')], null],
  ['after a roll back its parent is another line', [generation(1, 'a'), generation(2, 'b'), generation(3, 'a', 1)], null],
])('a unit %s', (_, documents, expected) => {
  expect(toDefinitionTimes(documents.at(-1) as GenerationDocument, documents).get(path)).toBe(expected)
})

test('a change that needs no other process does not count', () => {
  const documents = [generation(1, 'a'), generation(2, 'b'), generation(3, 'c')]
  const asked: string[] = []
  const times = toDefinitionTimes(documents[2] as GenerationDocument, documents, ({ path: at }, older, newer) => {
    asked.push(`${at} ${older} ${newer}`)
    return newer === 3
  })
  expect([times.get(path), asked]).toEqual([2000, [`${path} 2 3`, `${path} 1 2`]])
})

test('a definition that moved to another folder was loaded anew, whatever it says', () => {
  const first = generation(1, 'a')
  const moved = { ...first, surfaces: first.surfaces.map((surface) => ({ ...surface, publish: '/elsewhere' })) }
  const second = generation(2, 'a')
  expect(toDefinitionTimes(second, [moved, second], () => true).get(path)).toBe(2000)
})
