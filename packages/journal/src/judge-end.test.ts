import { expect, test } from 'vitest'
import { describeEnd, judgeEnd } from './judge-end.ts'

const kept = { seq: 7, checksum: 'seven' }

test.each([
  ['as it was left', { checksum: 'seven', lastSeq: 7, checkpointSeq: 0 }, { kind: 'whole' }],
  ['the head lags behind', { checksum: 'seven', lastSeq: 9, checkpointSeq: 0 }, { kind: 'whole' }],
  ['a compaction took the row of a head that lags', { checksum: null, lastSeq: 9, checkpointSeq: 9 }, { kind: 'whole' }],
  ['no compaction took it', { checksum: null, lastSeq: 9, checkpointSeq: 3 }, { kind: 'replaced', kept }],
  ['cut off', { checksum: null, lastSeq: 4, checkpointSeq: 3 }, { kind: 'cut', kept, last: 4 }],
  ['another one with its number', { checksum: 'other', lastSeq: 7, checkpointSeq: 0 }, { kind: 'replaced', kept }],
  ['empty', { checksum: null, lastSeq: 0, checkpointSeq: 0 }, { kind: 'cut', kept, last: 0 }],
  ['cut off, and grown past its end since', { checksum: 'other', lastSeq: 9, checkpointSeq: 9 }, { kind: 'replaced', kept }],
] as const)('%s', (_, seen, end) => {
  expect(judgeEnd({ kept, ...seen })).toEqual(end)
})

test('each end has words of its own', () => {
  const ends = [
    { kind: 'missing', kept },
    { kind: 'cut', kept, last: 4 },
    { kind: 'cut', kept, last: 0 },
    { kind: 'replaced', kept },
    { kind: 'head-unreadable' },
  ] as const
  expect(ends.map(describeEnd)).toEqual([
    'the file is gone, and 7 was its last event',
    'events 5 to 7 were cut off',
    'it is empty, and 7 was its last event',
    'event 7 is not the one that was written',
    'what is kept beside it does not say which event was the last',
  ])
})
