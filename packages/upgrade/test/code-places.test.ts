import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { classifyChange, codePlaces, isIn } from '@sanctum/upgrade'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** What is made and never committed. */
const made = new Set(['.git', '.toolchain', '.state', '.turbo', '.astro', 'node_modules', 'dist', 'coverage', '.build'])
const files = listFiles(root)
const places = Object.values(codePlaces).flat()

function listFiles(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (made.has(entry.name)) return []
    return entry.isDirectory() ? listFiles(folder, path) : [path]
  })
}

/** Files that nobody has put into a class. */
function findUnplaced(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !path.endsWith('.md') && !places.some((place) => isIn(path, place)))
}

test.each(places)('%s is there', (place) => {
  expect(files.some((path) => isIn(path, place))).toBe(true)
})

test('every file of this repository is in a class on purpose', () => {
  expect(files.length).toBeGreaterThan(500)
  expect(findUnplaced(files)).toEqual([])
})

test('planted: a new folder at the root is in none, and wants a yes until somebody has judged it', () => {
  expect(findUnplaced(['engines/src/start.ts', 'docs/index.md'])).toEqual(['engines/src/start.ts'])
  expect(classifyChange(['engines/src/start.ts']).change).toBe('machine-contract')
})

test('a folder of packages or apps is named by its own name, so that a new one is judged', () => {
  const rooms = [...new Set(files.flatMap((path) => /^(?:packages|apps)\/[^/]+\/src\//.exec(path)?.[0] ?? []))]
  expect(rooms.filter((room) => !places.some((place) => place.startsWith(room)))).toEqual([])
})
