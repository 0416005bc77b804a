import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckResult, Finding, FindingCodeName } from '@sanctum/contracts'
import { sha256 } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { addSources } from '../../src/findings/add-sources.ts'
import { repository } from '../support/test-haus.ts'
import { readFacts, readSoundReference } from './read-reference.ts'

const input = { catalog: await readSoundReference('manoir'), facts: await readFacts('mac-hub'), digest: sha256 }

function sourceOf(code: FindingCodeName, subject: string, given: Partial<NonNullable<Finding['evidence']>> = {}): string | null {
  const finding: Finding = { code, severity: 'warning', message: 'x', subject, evidence: { expected: 'y', observed: 'z', ...given } }
  const result: CheckResult = { id: 'c', title: 'c', verdict: 'drift', findings: [finding], duration_ms: 1 }
  const source = addSources(input, [result])[0]?.findings[0]?.evidence?.source
  return source === undefined ? null : `${source.file}:${source.line}`
}

/** Lines move with the catalog, so it is asked what stands there. */
async function lineOf(place: string | null): Promise<string> {
  const [file = '', line] = (place ?? '').split(':')
  const text = await readFile(join(repository, 'catalogs/manoir', file), 'utf8').catch(() => '')
  return text.split('\n')[Number(line) - 1]?.trim() ?? ''
}

test.each<readonly [FindingCodeName, string, RegExp]>([
  ['PROBE_FAILED', 'council-mlx contract', /^contract:/],
  ['PROBE_FAILED', 'council-mlx liveness', /^liveness:/],
  ['PORT_UNBOUND', 'council-mlx tcp 1337', /^provides:/],
  ['JOB_STALE', 'router-drill', /^schedule:/],
])('what was expected stands with its file and line: %s %s', async (code, subject, line) => {
  expect(await lineOf(sourceOf(code, subject))).toMatch(line)
})

test('what a program expects by itself, or nobody declares, has no line', () => {
  expect(sourceOf('DISK_LOW', '/')).toBeNull()
  expect(sourceOf('JOB_STALE', 'nobody')).toBeNull()
  const source = { file: 'f.yaml', line: 1, column: 1 }
  expect(sourceOf('JOB_STALE', 'router-drill', { source })).toBe('f.yaml:1')
})
