import type { Finding } from '@sanctum/contracts'
import type { DoctorContext } from '../checks/doctor-context.ts'

/** What would be done about findings, and the doing. Nothing that is foreign, and no service that does its work, is ever touched. */
export interface SafeFix {
  readonly findings: readonly Finding[]
  /** For a person, in the order in which they are done. */
  readonly steps: readonly string[]
  /** Throws a Fault where the world does not let it. */
  apply(): Promise<void>
}

/** One way to mend, for findings with these codes. */
export interface Fixer {
  readonly codes: readonly string[]
  /** Fixes for those of the findings that it can prove to be safe; the others are left to a person. */
  plan(context: DoctorContext, findings: readonly Finding[]): Promise<readonly SafeFix[]>
}
