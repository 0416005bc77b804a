import { describe, expect, it } from 'vitest'
import { judgeAbsolutePath, judgeRelativePath } from './judge-path.ts'

describe('judgeRelativePath', () => {
  it.each(['a', 'launchd/com.sanctum.x.plist', 'a b/é', '.hidden', '...'])('lets %s pass', (path) => {
    expect(judgeRelativePath(path)).toBeNull()
  })

  it.each([
    '/a',
    '..',
    '../a',
    'a/../b',
    'a/..',
    './a',
    'a//b',
    'a/',
    '',
    'a\nb',
    'a\0',
    'a\\..\\b',
    '\ud800',
    'a'.repeat(256),
    'é'.repeat(128),
  ])('refuses %j', (path) => {
    expect(judgeRelativePath(path)).toEqual(expect.any(String))
  })
})

describe('judgeAbsolutePath', () => {
  it.each(['/a', '/opt/x y/é', '/a/.b'])('lets %s pass', (path) => {
    expect(judgeAbsolutePath(path)).toBeNull()
  })

  it.each(['a', '~/a', '', '/a/../b', '/a//b', '/a/', '/a/./b', '/a\nb', `/${'a/'.repeat(2_100)}a`])('refuses %j', (path) => {
    expect(judgeAbsolutePath(path)).toEqual(expect.any(String))
  })
})
