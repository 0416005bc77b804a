import { expect, test } from 'vitest'
import { isLocalName, isRevisionName } from './revision.ts'

test.each(['HEAD', 'HEAD~1', 'main', 'origin/main', 'v0.2.0', 'a58658ddec', 'feature/a-b_c', 'HEAD^', '@sanctum/cli@1.0.0'.slice(1)])(
  '%s is a name',
  (name) => {
    expect(isRevisionName(name)).toBe(true)
  },
)

test.each([
  ...['', '-x', '--upload-pack=touch /tmp/x', 'a..b', 'a b', 'main:docs', '@{upstream}', 'a;b', '$(x)', 'a\nb', 'ext::sh'],
  'x'.repeat(201),
])('%j is none', (name) => {
  expect(isRevisionName(name)).toBe(false)
})

test('only what means the same everywhere is not fetched', () => {
  expect(['HEAD~2', 'a58658ddec', 'main', 'v1'].map(isLocalName)).toEqual([true, true, false, false])
})
