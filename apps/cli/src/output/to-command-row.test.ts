import { commandOutputs, exitCodes } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { commandExits } from '../command-exits.ts'
import { commandTable } from '../command-table.ts'
import { globalOptions } from '../usual-options.ts'
import { toCommandRow, toOptionRow } from './to-command-row.ts'

const rows = commandTable.map(toCommandRow)
const rowOf = (command: string) => rows.find((row) => row.command === command)

test('nothing of the notation of the table is left to be parsed', () => {
  expect(rowOf('lease open')).toMatchObject({
    arguments: [{ name: 'service', required: false, repeats: true, one_of: null, names: 'service' }],
    writes: true,
    schema: 'output/lease-open.schema.json',
  })
  expect(toOptionRow({ flags: '-n, --lines <count>', describe: 'how many' })).toEqual({
    name: '--lines',
    short: '-n',
    value: 'count',
    repeats: false,
    meaning: 'how many',
    one_of: null,
    names: null,
  })
  const names = [...rows.flatMap(({ options }) => options), ...globalOptions.map(toOptionRow)].map(({ name }) => name)
  expect(names.filter((name) => !/^--[a-z][a-z-]*$/.test(name))).toEqual([])
})

test('who writes takes the options of who writes, and who does not takes none of them', () => {
  const takesDryRun = rows.filter(({ options }) => options.some(({ name }) => name === '--dry-run'))
  expect(takesDryRun.map(({ command }) => command)).toEqual(rows.filter(({ writes }) => writes).map(({ command }) => command))
})

test('each command has its codes, all of the table, and the form of its answer', () => {
  const known: readonly number[] = Object.values(exitCodes).map(({ code }) => code)
  expect(Object.keys(commandExits)).toEqual(rows.map(({ command }) => command))
  expect(rows.filter(({ exit_codes: codes }) => codes.length === 0 || codes.some((code) => !known.includes(code)))).toEqual([])
  expect(rows.flatMap(({ command, passes_on: passesOn }) => (passesOn ? [command] : []))).toEqual(['disposable'])
  expect(rows.filter(({ command }) => commandOutputs[command] === undefined)).toEqual([])
})

test('the answer is bounded: all of it is less than a page of a model takes', () => {
  expect(JSON.stringify(rows).length).toBeLessThan(80_000)
})
