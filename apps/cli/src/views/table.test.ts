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

test('the last column is cut where the line would be too long, and never below sixteen', () => {
  expect(renderTable(['A', 'WHY'], [['x', 'a'.repeat(60)]], 40).split('\n')[1]).toBe(`x  ${'a'.repeat(36)}…`)
  expect(renderTable(['A', 'WHY'], [['x'.repeat(40), 'a'.repeat(60)]], 20).split('\n')[1]).toHaveLength(58)
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
