import { expect, test } from 'vitest'
import { meaningOf } from './configuration-page.ts'
import { keyMeanings } from './key-meanings.ts'
import { listDefaults } from './list-defaults.ts'
import { listKeys, toSlug } from './list-keys.ts'
import { documentSections, partSections } from './sections.ts'

const sections = [...documentSections, ...partSections]
const keys = sections.flatMap((section) => listKeys(section).map((key) => ({ section: section.id, key })))

test('no key without a meaning: give its schema a description, or a row to key-meanings.ts', () => {
  expect(keys.length).toBeGreaterThan(250)
  expect(keys.filter(({ section, key }) => meaningOf(section, key) === '').map(({ section, key }) => `${section}.${key.path}`)).toEqual([])
})

test('no meaning without a key', () => {
  const known = new Set(keys.map(({ section, key }) => `${section}.${key.path}`))
  expect(Object.keys(keyMeanings).filter((path) => !known.has(path))).toEqual([])
})

test('planted: a key that nobody explained is found', () => {
  expect(meaningOf('service', { path: 'planted', type: 'text', isRequired: false, described: null, option: null })).toBe('')
})

test('defaults are those of the code', () => {
  const defaults = listDefaults()
  expect(defaults.get('probe.interval_s')).toBe('`30` (P0), `60` (council), `300` (ops, optional)')
  expect(defaults.get('restart.when')).toBe('`always` (daemon, container), `never` (periodic, oneshot, network, external)')
  expect(defaults.get('provided.address')).toBe('`127.0.0.1`')
  expect(defaults.get('layer.policies.generations_kept')).toBe('`10`')
})

test('a type that is a section leads to its heading', () => {
  const titles = new Set(sections.map(({ title }) => toSlug(title)))
  const linked = keys.flatMap(({ key }) => [...key.type.matchAll(/\(#([^)]+)\)/g)].map(([, slug]) => slug ?? ''))
  expect(linked.length).toBeGreaterThan(20)
  expect(linked.filter((slug) => !titles.has(slug))).toEqual([])
})
