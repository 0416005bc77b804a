import {
  type contractCodes,
  type Finding,
  type Places,
  type Position,
  type RepoContractDocument,
  contractCodes as table,
} from '@sanctum/contracts'

/** A contract as it was read, with where each of its values stands. */
export interface RepoContract {
  /** As findings name it: `council-router/sanctum.contract.yaml`. */
  readonly file: string
  readonly document: RepoContractDocument
  readonly places: Places
}

export type ContractCode = keyof typeof contractCodes

/** Where a value stands; where its next outer one does, if it has no place of its own. */
export function placeIn({ file, places }: RepoContract, path: readonly string[]): Position {
  for (let length = path.length; length > 0; length--) {
    const place = places[`/${path.slice(0, length).map(toPointerKey).join('/')}`]
    if (place !== undefined) return place
  }
  return { file, line: 1, column: 1 }
}

/** A finding of this package; its severity stands in the table of codes. */
export function contractFinding(code: ContractCode, message: string, rest: Omit<Finding, 'code' | 'severity' | 'message'>): Finding {
  return { code, severity: table[code].severity, message, ...rest }
}

function toPointerKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
