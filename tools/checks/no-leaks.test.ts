import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plantedTree } from '../test/planted-tree.ts'
import { checkNoLeaks } from './no-leaks.ts'

// Put together here, so that this file holds none of them.
const planted = {
  'a folder of one machine': ['', 'work', 'main', 'x.ts'].join('/'),
  'the home of root': ['', 'root', '.npmrc'].join('/'),
  'notes that lie beside the checkout': ['..', 'shared', 'notes.md'].join('/'),
  'somebody’s home on Linux': ['', 'home', 'jdoe', 'notes'].join('/'),
  'somebody’s home on a Mac': ['', 'Users', 'jdoe', 'notes'].join('/'),
  'a private key': `${['-----BEGIN', 'OPENSSH', 'PRIVATE', 'KEY-----'].join(' ')}\n${'b3BlbnNzaC1rZXktdjEA'.repeat(3)}`,
  'a token': `ghp_${'a1B2c3D4e5F6'.repeat(3)}`,
  'an address': ['john.doe', 'gmail.com'].join('@'),
}

test.each(Object.entries(planted))('planted: %s', async (_plant, leak) => {
  expect(await checkNoLeaks(repositoryWith(`first\nsee ${leak} there\n`))).toEqual([expect.stringMatching(/^notes\.txt:2: /)])
})

test('planted: a link to a folder of one machine, whether that is there or not', async () => {
  const root = repositoryWith('nothing')
  symlinkSync(planted['a folder of one machine'], join(root, 'link'))
  expect(await checkNoLeaks(root)).toEqual([expect.stringMatching(/^link:1: /)])
})

test('what belongs to nobody is left alone', async () => {
  const text = [
    '/home/neo/.sanctum',
    '/Users/neo',
    'https://example.org/work/1',
    'chart@2.service',
    'neo@example.org',
    `ghp_${'x'.repeat(36)}`,
    '~/work/',
  ].join('\n')
  expect(await checkNoLeaks(repositoryWith(text))).toEqual([])
})

test('the home of root is no leak in the facts of a machine that runs as root, but any other leak is', async () => {
  const text = `${planted['the home of root']}\n${planted['a token']}\n`
  expect(await checkNoLeaks(repositoryWith(text, 'catalogs/facts/vm.json'))).toEqual([expect.stringMatching(/vm\.json:2: /)])
})

function repositoryWith(text: string, file = 'notes.txt'): string {
  const root = plantedTree({ [file]: text })
  execFileSync('git', ['init', '-q'], { cwd: root })
  return root
}
