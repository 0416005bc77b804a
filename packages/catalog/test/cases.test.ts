import { readCatalog } from '@sanctum/catalog'
import { type CatalogReading, catalogCodes, type Finding, hasErrors } from '@sanctum/contracts'
import { sha256 } from '@sanctum/testkit/node'
import { describe, expect, it } from 'vitest'
import { type Case, listCases, readBase, readCase, writeExpected } from './read-case.ts'

const names = listCases()

function read({ files }: Pick<Case, 'files'>): CatalogReading {
  return readCatalog(files, { name: 'case', digest: sha256 })
}

/** What is wrong with a case: nothing, or each difference between what it expects and what it gets. */
function judgeCase({ name, expected }: Case, findings: readonly Finding[]): string[] {
  const code = name.replace(/\..*$/, '')
  const wanted = expected.findings.map((each) => `${each.code} ${each.at}`)
  const got = findings.map((each) => `${each.code} ${each.at?.file}:${each.at?.line}:${each.at?.column}`)
  return [
    ...wanted.filter((each) => !got.includes(each)).map((each) => `expected ${each}`),
    ...got.filter((each) => !wanted.includes(each)).map((each) => `unexpected ${each}`),
    ...(code === 'OK' || findings.some((each) => each.code === code) ? [] : [`no finding ${code}`]),
    ...expected.findings.filter(({ fix }, index) => !findings[index]?.fix?.text.includes(fix)).map(({ fix }) => `no fix ${fix}`),
  ]
}

function listUncovered(covered: readonly string[]): string[] {
  const codes = new Set(covered.map((name) => name.replace(/\..*$/, '')))
  return Object.keys(catalogCodes).filter((code) => !codes.has(code))
}

describe('cases of broken catalogs', () => {
  it.each(names)('%s', (name) => {
    const one = readCase(name)
    const { kind, findings } = read(one)
    if (process.env.UPDATE_GOLDEN === '1') writeExpected(one, findings)
    else expect(judgeCase(one, findings)).toEqual([])
    expect(kind).toBe(hasErrors(findings) ? 'invalid' : 'read')
  })

  it('cover every code of the catalog, and no code that does not exist', () => {
    expect(listUncovered(names)).toEqual([])
    const known = new Set<string>([...Object.keys(catalogCodes), 'OK'])
    expect(names.filter((name) => !known.has(name.replace(/\..*$/, '')))).toEqual([])
  })

  it('are at least 60, over at least 30 codes', () => {
    expect(names.length).toBeGreaterThanOrEqual(60)
    expect(Object.keys(catalogCodes).length).toBeGreaterThanOrEqual(30)
  })

  it('start from a folder that is in order', () => {
    expect(read({ files: readBase() })).toMatchObject({ kind: 'read', findings: [] })
  })

  it('never repeat a secret', () => {
    const secrets = names.filter((name) => name.startsWith('SECRET_LITERAL')).map(readCase)
    expect(secrets.length).toBeGreaterThan(0)
    for (const one of secrets) {
      expect(JSON.stringify(one.files)).toMatch(/hunter2|sk-aaaa/)
      expect(JSON.stringify(read(one).findings)).not.toMatch(/hunter2|sk-aaaa/)
    }
  })

  it('say something a person can act on', () => {
    for (const { message, fix } of names.flatMap((name) => read(readCase(name)).findings)) {
      expect(fix?.text).toMatch(/^[A-Z].*[.?]$/s)
      expect(message).toMatch(/[.!?]$/)
      expect(message).not.toMatch(/Invalid input|Unrecognized|expected .* received|undefined|\[object/)
    }
  })
})

describe('the oracle of the cases bites', () => {
  it('on a code without a case', () => {
    expect(listUncovered(names.filter((name) => !name.startsWith('PORT_CLASH')))).toEqual(['PORT_CLASH'])
  })

  it('on a finding too many, too few, at another place or with another fix', () => {
    const one = readCase('PORT_CLASH')
    const { findings } = read(one)
    const [finding] = findings as [Finding]
    expect(judgeCase(one, [])).toContain('no finding PORT_CLASH')
    expect(judgeCase(one, [finding, { ...finding, code: 'LABEL_CLASH' }])).toHaveLength(1)
    expect(judgeCase(one, [{ ...finding, at: { file: 'catalog.d/voice.yaml', line: 8, column: 17 } }])).toHaveLength(2)
    expect(judgeCase(one, [{ ...finding, fix: { text: 'Try again.' } }])).toHaveLength(1)
  })
})
