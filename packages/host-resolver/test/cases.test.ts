import { type Finding, hostCodes } from '@sanctum/contracts'
import { describe, expect, it } from 'vitest'
import { auditCases } from './cases/audits.ts'
import type { Case } from './cases/case.ts'
import { layerCases } from './cases/layers.ts'
import { nodeCases } from './cases/nodes.ts'
import { placeholderCases } from './cases/placeholders.ts'
import { settingCases } from './cases/settings.ts'

const cases: readonly Case[] = [...nodeCases, ...layerCases, ...placeholderCases, ...settingCases, ...auditCases]
/** Told by the effects of ./node alone; its case stands in audit-directory.real.test.ts. */
const elsewhere = ['AUDIT_FILE_SKIPPED']

describe('what is said about what a person might write', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { findings, code, at, fix, related = [], besides = [] }) => {
    const all = findings()
    const found = all.find((finding) => finding.code === code)
    expect(all.map((finding) => finding.code).filter((other) => other !== code)).toEqual(besides)
    expect(found && placeOf(found)).toBe(at)
    expect(found?.severity).toBe(hostCodes[code as keyof typeof hostCodes].severity)
    expect(found?.fix?.text).toContain(fix)
    expect((found?.related ?? []).map(({ at: { file, line, column } }) => `${file}:${line}:${column}`)).toEqual(
      expect.arrayContaining([...related]),
    )
  })

  it('has a case for every code of the area, and no case for a code that is gone', () => {
    expect([...new Set([...cases.map(({ code }) => code), ...elsewhere])].sort()).toEqual(Object.keys(hostCodes).sort())
  })

  it('names no secret in any finding', () => {
    const said = JSON.stringify(cases.flatMap(({ findings }) => findings()))
    for (const secret of ['eyJhbGciOi', 'sk-abcdefghijklmnopqrstuv', 'Bearer abcdefghijklmnop', '"abcdef"'])
      expect(said).not.toContain(secret)
  })

  it('says what is wrong in one sentence and never twice the same', () => {
    for (const { name, findings } of cases) {
      const sentences = findings().map(({ message, at }) => `${message} ${JSON.stringify(at ?? null)}`)
      expect(new Set(sentences).size, name).toBe(sentences.length)
      for (const sentence of sentences) expect(sentence, name).not.toMatch(/undefined|\[object/)
    }
  })
})

function placeOf({ at, subject }: Finding): string | undefined {
  return at ? `${at.file}:${at.line}:${at.column}` : subject
}
