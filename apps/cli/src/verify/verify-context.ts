import type { Check, CheckOutcome, Finding } from '@sanctum/contracts'
import { createDoctorContext, type DoctorContext } from '../checks/doctor-context.ts'
import { type CommandContext, Refused } from '../command.ts'

/** When the whole of verify ends, whatever has not answered. */
export const VERIFY_DEADLINE_MS = 120_000

/** The haus to verify, or what keeps it from being one. */
export type Loading =
  | { readonly kind: 'loaded'; readonly doctor: DoctorContext }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }

export interface VerifyContext {
  readonly command: CommandContext
  /** Once; a catalog that cannot be used is the finding of one step, and the others wait for it. */
  readonly load: () => Promise<Loading>
}

export function createVerifyContext(command: CommandContext): VerifyContext {
  let loading: Promise<Loading> | undefined
  const begin = async (): Promise<Loading> => {
    try {
      return { kind: 'loaded', doctor: await createDoctorContext(command, VERIFY_DEADLINE_MS) }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { kind: 'refused', findings: error.findings }
    }
  }
  return {
    command,
    load() {
      loading ??= begin()
      return loading
    },
  }
}

/** A check of the haus as a step of verify. */
export function toStep({ id, title, run }: Check<DoctorContext>): Check<VerifyContext> {
  return { id, title, run: ({ load }) => withDoctor(load, run) }
}

async function withDoctor(load: VerifyContext['load'], run: Check<DoctorContext>['run']): Promise<CheckOutcome> {
  const loading = await load()
  if (loading.kind === 'refused') return { kind: 'blocked', reason: 'the catalog cannot be used; the step catalog says why' }
  try {
    return await run(loading.doctor)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { kind: 'blocked', reason: 'the haus cannot be rendered; the step render says why' }
  }
}
