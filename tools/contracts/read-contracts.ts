import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '@sanctum/contracts'
import { parseDocument } from '../../packages/catalog/src/index.ts'
import type { RepoContract } from '../../packages/repo-contracts/src/index.ts'

/** The contract of this repository first, then those of the neighbours that it keeps, as far as they can be read. */
export function readContracts(root: string): { readonly contracts: readonly RepoContract[]; readonly findings: readonly Finding[] } {
  const own = readOne(root, 'sanctum.contract.yaml')
  const neighbours = Object.values(own.contract?.document.neighbours ?? {}).map(({ contract }) =>
    readOne(root, `${contract}/sanctum.contract.yaml`),
  )
  const all = [own, ...neighbours]
  return { contracts: all.flatMap(({ contract }) => contract ?? []), findings: all.flatMap(({ findings }) => findings) }
}

function readOne(root: string, file: string): { readonly contract: RepoContract | null; readonly findings: readonly Finding[] } {
  const path = join(root, file)
  const { value, places, findings } = parseDocument(existsSync(path) ? readFileSync(path, 'utf8') : '', { file, kind: 'repo-contract' })
  return { contract: value === null ? null : { file, document: value, places }, findings }
}
