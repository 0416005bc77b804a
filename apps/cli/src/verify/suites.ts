import type { Check, VerifySuite } from '@sanctum/contracts'
import { e2eSteps } from './e2e-steps.ts'
import { runtimeSteps } from './runtime-steps.ts'
import type { VerifyContext } from './verify-context.ts'
import { workspaceSteps } from './workspace-steps.ts'

/** What verify asks, suite by suite. */
export const suites: Readonly<Record<VerifySuite, readonly Check<VerifyContext>[]>> = {
  workspace: workspaceSteps,
  runtime: runtimeSteps,
  e2e: e2eSteps,
}
