import type { Finding } from '@sanctum/contracts'
import { readCatalog } from '../../packages/catalog/src/index.ts'
import { listCases, readCase } from '../../packages/catalog/test/read-case.ts'
import { auditCases } from '../../packages/host-resolver/test/cases/audits.ts'
import { layerCases } from '../../packages/host-resolver/test/cases/layers.ts'
import { nodeCases } from '../../packages/host-resolver/test/cases/nodes.ts'
import { placeholderCases } from '../../packages/host-resolver/test/cases/placeholders.ts'
import { settingCases } from '../../packages/host-resolver/test/cases/settings.ts'
import { find, planted, written } from '../../packages/render/test/cases.ts'
import { contractCases } from '../../packages/repo-contracts/test/cases.ts'
import { parseRouterFile } from '../../packages/router-failover/src/index.ts'
import { routerFileCases } from '../../packages/router-failover/test/router-file-cases.ts'

/** A case of the tests, and what is said about it. */
export interface Example {
  readonly code: string
  /** What somebody did, in a few words; null where the files say it. */
  readonly what: string | null
  /** What somebody wrote, by file. */
  readonly files: Readonly<Record<string, string>>
  /** Null where the case only says that the code is found. */
  readonly finding: Finding | null
}

/** The first case of each code, out of the tables that the tests themselves run. */
export function listExamples(): ReadonlyMap<string, Example> {
  const examples = new Map<string, Example>()
  for (const example of [...listCatalogs(), ...listHosts(), ...listRenderings(), ...listRouterFiles()])
    if (!examples.has(example.code)) examples.set(example.code, example)
  return examples
}

function listCatalogs(): readonly Example[] {
  return listCases().map((name) => {
    const { files, own } = readCase(name)
    const [code = ''] = name.split('.')
    const { findings } = readCatalog(files, { name: 'case', digest: () => '' })
    return { code, what: null, files: own, finding: findings.find((finding) => finding.code === code) ?? null }
  })
}

function listHosts(): readonly Example[] {
  return [...nodeCases, ...layerCases, ...placeholderCases, ...settingCases, ...auditCases, ...contractCases].map(
    ({ name, code, findings }) => ({
      code,
      what: name,
      files: {},
      finding: findings().find((finding) => finding.code === code) ?? null,
    }),
  )
}

function listRenderings(): readonly Example[] {
  const rendered = Object.entries(written).flatMap(([code, [first]]) => {
    if (first === undefined) return []
    const [what, haus] = first
    return [{ code, what, files: {}, finding: find(haus).find((finding) => finding.code === code) ?? null }]
  })
  return [...rendered, ...planted.map(([what, code]) => ({ code, what, files: {}, finding: null }))]
}

function listRouterFiles(): readonly Example[] {
  return routerFileCases.map(([code, , text]) => {
    const { findings } = parseRouterFile(text, 'router.yaml')
    return { code, what: null, files: { 'router.yaml': text }, finding: findings.find((finding) => finding.code === code) ?? null }
  })
}
