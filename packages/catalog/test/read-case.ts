import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { CatalogFiles, Finding } from '@sanctum/contracts'

/** One case: the smallest catalog that a person might really write, and every finding that it must give. */
export interface Case {
  readonly name: string
  readonly files: CatalogFiles
  /** Those of the case's own folder. */
  readonly own: CatalogFiles
  readonly expected: Expected
}

export interface Expected {
  /** Files of `test/base` that the case leaves out. */
  readonly without?: readonly string[]
  /** Text that would be long: a line, repeated, with `{n}` for its number. */
  readonly repeat?: Readonly<
    Record<string, { readonly head: string; readonly line: string; readonly times: number; readonly tail?: string }>
  >
  /** Files as some Windows editors write them: CRLF and a byte order mark. */
  readonly lineEnds?: 'crlf'
  /** All findings, in reading order. `fix` is a part of what the finding advises. */
  readonly findings: readonly { readonly code: string; readonly at: string; readonly fix: string }[]
}

const here = new URL('.', import.meta.url)

export function listCases(): readonly string[] {
  return readdirSync(new URL('cases/', here)).sort()
}

export function readCase(name: string): Case {
  const folder = new URL(`cases/${name}/`, here)
  const { 'expected.json': text, ...own } = readFolder(folder)
  const expected = JSON.parse(text ?? '{}') as Expected
  const files = Object.entries({ ...readBase(), ...own, ...repeated(expected) })
    .filter(([file]) => !expected.without?.includes(file))
    .map(([file, content]): [string, string] => [
      file,
      expected.lineEnds === 'crlf' ? `\uFEFF${content.replaceAll('\n', '\r\n')}` : content,
    ])
  return { name, files: Object.fromEntries(files), own, expected }
}

export function readBase(): CatalogFiles {
  return readFolder(new URL('base/', here))
}

/** The text files of a folder, by path below it. */
export function readFolder(folder: URL, below = ''): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).flatMap((name) => {
      const path = new URL(name, folder)
      if (statSync(path).isDirectory()) return Object.entries(readFolder(new URL(`${name}/`, folder), `${below}${name}/`))
      return [[below + name, readFileSync(path, 'utf8')]]
    }),
  )
}

/** Makes a case expect what it gets; only under UPDATE_GOLDEN=1, and reviewed as a diff. */
export function writeExpected({ name, expected }: Case, findings: readonly Finding[]): void {
  const rows = findings.map(({ code, at, fix }) => ({ code, at: `${at?.file}:${at?.line}:${at?.column}`, fix: fix?.text ?? '' }))
  writeFileSync(new URL(`cases/${name}/expected.json`, here), `${JSON.stringify({ ...expected, findings: rows }, null, 2)}\n`)
}

function repeated({ repeat }: Expected): Record<string, string> {
  return Object.fromEntries(
    Object.entries(repeat ?? {}).map(([file, { head, line, times, tail }]) => {
      const lines = Array.from({ length: times }, (_, index) => line.replaceAll('{n}', String(index + 1)))
      return [file, head + lines.join('') + (tail ?? '')]
    }),
  )
}
