import { expect, test } from 'vitest'
import { judgeSeam } from './judge-seam.ts'

const sent = 'A house keeps its promise while the cellar floods, not while'

test.each<readonly [string, string, boolean, ReturnType<typeof judgeSeam>]>([
  ['goes on', ' the sun shines.', false, 'joined'],
  ['goes on with a word that the answer begins with', ' A house keeps a secret', false, 'joined'],
  ['begins again', sent, false, 'restarted'],
  ['begins again after white space', `\n ${sent}`, false, 'restarted'],
  ['has said too little', ' A house', false, 'unknown'],
  ['has said nothing', '', false, 'unknown'],
  ['ends within the beginning', 'A house', true, 'restarted'],
])('a target that %s', (_, after, isOver, expected) => {
  expect(judgeSeam(sent, after, isOver)).toBe(expected)
})
