import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '@sanctum/contracts'
import { parseDocument } from '../../packages/catalog/src/index.ts'
import type { RepoContract } from '../../packages/repo-contracts/src/index.ts'

const OWN = 'sanctum.contract.yaml'

/** The contract of this repository first (`own` in place of what its file says), then those of the neighbours that it keeps, as far as they can be read. */
export function readContracts(
  root: string,
  own = readText(join(root, OWN)),
): { readonly contracts: readonly RepoContract[]; readonly findings: readonly Finding[] } {
  const ours = parseOne(OWN, own)
  const neighbours = Object.values(ours.contract?.document.neighbours ?? {}).map(({ contract }) => {
    const file = `${contract}/${OWN}`
    return parseOne(file, readText(join(root, file)))
  })
  const all = [ours, ...neighbours]
  return { contracts: all.flatMap(({ contract }) => contract ?? []), findings: all.flatMap(({ findings }) => findings) }
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function parseOne(file: string, text: string): { readonly contract: RepoContract | null; readonly findings: readonly Finding[] } {
  const { value, places, findings } = parseDocument(text, { file, kind: 'repo-contract' })
  return { contract: value === null ? null : { file, document: value, places }, findings }
}
