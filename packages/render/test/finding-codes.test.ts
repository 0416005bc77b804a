import { renderCodes } from '@sanctum/contracts'
import { buildRequirement, buildRun, buildService } from '@sanctum/testkit'
import { describe, expect, it } from 'vitest'
import { judgeJob } from '../src/launchd/judge-job.ts'
import { judgeUnit } from '../src/systemd/judge-unit.ts'
import { build, context, embedded, find, job, launchd, one, open, planted, type RenderCode, systemd, unit, written } from './cases.ts'

describe('findings of rendering', () => {
  const cases = Object.entries(written).flatMap(([code, hauses]) =>
    hauses.map(([what, haus]) => ({ code: code as RenderCode, what, haus })),
  )

  it.each(cases)('$what is $code', ({ code, haus }) => {
    const found = find(haus).filter((finding) => finding.code === code)
    expect(found.length).toBeGreaterThan(0)
    for (const finding of found) {
      expect(finding.severity).toBe(renderCodes[code].severity)
      expect(finding.fix?.text).toMatch(/\.$|\}$/)
      expect(finding.message).toMatch(/\.$/)
      expect(finding.message).not.toMatch(/[\0-\u001f\u007f]/)
    }
  })

  it.each(planted)('a planted unit with %s is %s', (_, code, found) => {
    expect(found.map((problem) => problem.code)).toContain(code)
  })

  it('have a case for each code of the table, and no other', () => {
    const codes = [...Object.keys(written), ...planted.map(([, code]) => code)]
    expect([...new Set(codes)].sort()).toEqual(Object.keys(renderCodes).sort())
  })

  it('are none for a unit that the renderer makes', () => {
    expect(judgeJob(job({}))).toEqual([])
    expect(judgeUnit(unit([]), context)).toEqual([])
    for (const manager of [launchd, systemd, embedded]) expect(find(one(manager))).toEqual([])
  })

  it('are said once, though service and unit are both asked', () => {
    expect(find(one(systemd, { kind: 'oneshot' })).map(({ code }) => code)).toEqual(['ONESHOT_KEPT_ALIVE'])
  })

  it('take only what stands at the place of a path for one', () => {
    const haus = one(systemd, {
      run: buildRun(['/opt/x', '/health', '../up', '/Volumes/T9/x', '~/y']),
      requires: [buildRequirement('far')],
    })
    expect(find(haus)).toEqual([])
  })

  it('let a renamed service keep the label of the one it replaces', () => {
    const retired = { was: { label: 'old', retired: '2026-01-01', reason: 'renamed', replaced_by: 'a' } }
    expect(find(build(embedded, [buildService('a', { ...open, label: 'old' })], { retired }))).toEqual([])
  })

  it('are none for prose that only sounds like a key', () => {
    const haus = build(embedded, [], {
      agentDocuments: { yoda: { 'SOUL.md': 'Basic understanding, bearer of news.\nIn [secret:x] we trust.' } },
    })
    expect(find(haus)).toEqual([])
  })
})
