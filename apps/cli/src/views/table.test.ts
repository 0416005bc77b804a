import { expect, test } from 'vitest'
import { renderTable } from './table.ts'

test('columns are as wide as their widest cell, two spaces apart', () => {
  expect(
    renderTable(
      ['A', 'LONG', 'C'],
      [
        ['x', 'y', 'z'],
        ['xx', 'yyyyyy', 'zz'],
      ],
      80,
    ),
  ).toBe('A   LONG    C\nx   y       z\nxx  yyyyyy  zz')
})

test('the last column is cut where the line would be too long', () => {
  expect(renderTable(['A', 'WHY'], [['x', 'a'.repeat(60)]], 40).split('\n')[1]).toBe(`x  ${'a'.repeat(36)}…`)
})

test('where less than sixteen columns would be left for it, each cell has a line of its own', () => {
  const rows = [
    ['watchdog', 'running', 'it answers as it should'],
    ['dashboard', 'stopped', 'it was never started'],
  ]
  expect(renderTable(['SERVICE', 'STATE', 'WHY'], rows, 30).split('\n')).toEqual([
    'watchdog',
    '  state  running',
    '  why    it answers as it should',
    'dashboard',
    '  state  stopped',
    '  why    it was never started',
  ])
})

test('paint is put on after the width is known, and wide characters count twice', () => {
  const painted = renderTable(
    ['A', 'B'],
    [
      [{ text: '日本', paint: (text) => `<${text}>` }, 'b'],
      ['xxxx', 'b'],
    ],
    80,
  )
  expect(painted.split('\n')).toEqual(['A     B', '<日本>  b', 'xxxx  b'])
})
