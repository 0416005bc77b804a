import { expect, test } from 'vitest'
import { parseTrace, toPathArguments } from './traced-calls.ts'

const trace = `7 openat(AT_FDCWD</x>, "/lab/home/.s", O_RDONLY|O_DIRECTORY) = 20</lab/home/.s>
7 mkdir("/lab/home/.s", 0700) = -1 EEXIST (File exists)
7 openat(AT_FDCWD</x>, "/proc/self/fd/20/note", O_WRONLY|O_CREAT, 0600) = 21</lab/home/.s/note>
7 write(21</lab/home/.s/note>, ""..., 5) = 5
8 fsync(21</lab/home/.s/note> <unfinished ...>
7 write(1</dev/null>, ""..., 5) = 5
8 <... fsync resumed>) = 0
7 symlink("generations/1", "/proc/self/fd/20/.current") = 0
7 renameat2(AT_FDCWD</x>, "/proc/self/fd/20/.current", AT_FDCWD</x>, "/proc/self/fd/20/current", 0) = 0
7 fsync(30</lab/home/.s/journal.db>) = 0
8 fsync(20</lab/home/.s>) = 0
`

test('calls that change something below the home, in order, by where strace finds them and where they really act', () => {
  const { calls, matches } = parseTrace(trace, '/lab/home')
  expect(calls.map(({ call, matches: match, path, nth, thread }) => [call, match, path, nth, thread].join(' '))).toEqual([
    'mkdir ~/.s .s 1 main',
    'openat note .s/note 1 main',
    'write ~/.s/note .s/note 1 main',
    'fsync ~/.s/note .s/note 1 worker',
    'symlink .current .s/.current 1 main',
    'renameat2 .current .s/.current 1 main',
    'fsync ~/.s/journal.db .s/journal.db 1 main',
    'fsync ~/.s .s 1 worker',
  ])
  expect(calls[0]).toMatchObject({ isFutile: true })
  expect(calls.at(-1)).toMatchObject({ isFutile: false, before: { openat: 2, write: 1, fsync: 1 } })
  expect(matches).toEqual(['~/.s', 'note', '~/.s/note', '.current', '~/.s/journal.db'])
})

test('a match in the home, and one below a folder that is open', () => {
  expect(toPathArguments('~/.s', '/lab/home')).toEqual(['-P', '/lab/home/.s'])
  expect(toPathArguments('note', '/lab/home')).toContain('/proc/self/fd/20/note')
})
