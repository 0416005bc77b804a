import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { exitCodes } from './exit-codes.ts'
import type { FindingCode } from './finding-codes/finding-code.ts'
import { findingCodes } from './finding-codes.ts'

const folder = new URL('finding-codes/', import.meta.url)
const areas = await Promise.all(
  readdirSync(folder)
    .filter((file) => file !== 'finding-code.ts')
    .map(
      async (file) =>
        [file, Object.values((await import(new URL(file, folder).href)) as Record<string, Record<string, FindingCode>>)] as const,
    ),
)
const rows = areas.flatMap(([file, tables]) => tables.flatMap((table) => Object.entries(table).map(([code, row]) => ({ file, code, row }))))

/** What is wrong with a table of codes: the same code twice, a bad name, or words that help nobody. */
function judgeRows(all: typeof rows): string[] {
  const owners = Map.groupBy(all, ({ code }) => code)
  return [
    ...[...owners]
      .filter(([, uses]) => uses.length > 1)
      .map(([code, uses]) => `${code} stands in ${uses.map(({ file }) => file).join(' and ')}`),
    ...all.filter(({ code }) => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code)).map(({ code }) => `${code} is no name of a code`),
    ...all
      .filter(({ row }) => !/^\S.{8,}[.!?]$/.test(row.impact) || !/^\S.{8,}[.!?]$/.test(row.remedy))
      .map(({ code }) => `${code} does not speak in sentences`),
    ...all
      .filter(({ row }) => row.title.length > 90 || /[.!?]$/.test(row.title))
      .map(({ code }) => `the title of ${code} is no short phrase`),
    ...all.filter(({ row }) => row.exit !== undefined && !(row.exit in exitCodes)).map(({ code }) => `${code} has an unknown exit`),
    ...all
      .filter(({ row }) => row.severity === 'info' && row.exit !== undefined)
      .map(({ code }) => `${code} is only worth knowing, but stops a command`),
  ]
}

describe('the table of findings', () => {
  it('is in order in every area', () => {
    expect(judgeRows(rows)).toEqual([])
  })

  it('holds every row of every area', () => {
    expect(Object.keys(findingCodes).sort()).toEqual(rows.map(({ code }) => code).sort())
  })

  it('would not pass with a code in two areas, a bad name or a silent row', () => {
    const [first] = rows as [(typeof rows)[number]]
    const silent = { severity: 'info', title: 'Nothing.', impact: '', remedy: '', exit: 'ok' } as const
    expect(judgeRows([first, { ...first, file: 'other.ts' }])).toHaveLength(1)
    expect(judgeRows([{ file: 'other.ts', code: 'port-taken', row: silent }])).toHaveLength(4)
  })
})
