import { exitCodes, type FindingCode, faultCodes, findingCodes } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { renderCode } from './explain-code.ts'
import { createStyle } from './style.ts'

const codes: Readonly<Record<string, FindingCode>> = findingCodes
const style = createStyle({ color: false, columns: 100 })
const exitsIn = (text: string) => [...text.matchAll(/^ {2}exit +(\d+)/gm)].map(([, exit]) => Number(exit))

test.each(Object.entries(faultCodes))('%s is explained with the exit that a command ends with', (name, fault) => {
  const code = codes[name]
  const found = code?.exit === undefined ? [] : [exitCodes[code.exit].code]
  expect(exitsIn(renderCode(name, { code, fault }, style))).toEqual([...found, exitCodes[fault.exit].code])
})

test('a full disk is told both ways', () => {
  const text = renderCode('DISK_FULL', { code: findingCodes.DISK_FULL, fault: faultCodes.DISK_FULL }, style)
  expect(text).toMatch(/exit {6}1 \(.*\) where it is found\n {2}exit {6}73 \(.*\) where it ends a command/)
})

test('what is only found has one exit', () => {
  expect(exitsIn(renderCode('PORT_HELD', { code: findingCodes.PORT_HELD }, style))).toHaveLength(1)
})
