import * as z from 'zod'
import { catalogCheckOutput, catalogGraphOutput, catalogRenderOutput, catalogSchemaOutput } from './command-output/catalog.ts'
import { bootstrapOutput, renderOutput, revertOutput, upOutput } from './command-output/changes.ts'
import { commandsOutput } from './command-output/commands.ts'
import { completionOutput } from './command-output/completion.ts'
import {
  contractsCanUpgradeOutput,
  contractsCheckOutput,
  contractsDocsOutput,
  contractsGraphOutput,
  contractsInitOutput,
  contractsVerifyOutput,
} from './command-output/contracts.ts'
import { disposableOutput } from './command-output/disposable.ts'
import { doctorOutput } from './command-output/doctor.ts'
import { driftOutput } from './command-output/drift.ts'
import { explainOutput } from './command-output/explain.ts'
import { generationsDiffOutput, generationsListOutput, generationsPinOutput } from './command-output/generations.ts'
import { hostAuditOutput, hostFactsOutput, hostPrerequisitesOutput, hostProfileOutput } from './command-output/host.ts'
import { eventsOutput, incidentsOutput, leaseOutput, leasesOutput, requestOutput } from './command-output/incidents.ts'
import { releaseOutput, releaseTrustOutput, releaseVerifyOutput } from './command-output/release.ts'
import { primaryLossOutput, routerDrillOutput, routerReloadOutput, routerServeOutput, routerStatusOutput } from './command-output/router.ts'
import { stabilityOutput } from './command-output/stability.ts'
import { uninstallOutput } from './command-output/uninstall.ts'
import { downOutput, drillOutput, logsOutput, restartOutput, statusOutput } from './command-output/units.ts'
import { historyOutput, rollbackOutput, upgradeOutput } from './command-output/upgrade.ts'
import { verifyOutput } from './command-output/verify.ts'
import { docsOutcome } from './docs-report.ts'
import { envelope } from './envelope.ts'
import { event } from './event.ts'
import { finding } from './finding.ts'
import type { JsonSchema } from './json-schemas.ts'

/**
 * What each command says under `data` of its `--json` document, beside `data.findings`. A command without an entry has no
 * published form, and a test fails.
 */
export const commandOutputs: Readonly<Record<string, z.ZodType>> = {
  up: upOutput,
  down: downOutput,
  status: statusOutput,
  restart: restartOutput,
  logs: logsOutput,
  doctor: doctorOutput,
  verify: verifyOutput,
  drift: driftOutput,
  render: renderOutput,
  events: eventsOutput,
  incidents: incidentsOutput,
  acknowledge: requestOutput,
  'quarantine end': requestOutput,
  'lease open': leaseOutput,
  'lease list': leasesOutput,
  'lease close': leaseOutput,
  'stability start': stabilityOutput,
  'stability status': stabilityOutput,
  'stability check': stabilityOutput,
  'stability abort': stabilityOutput,
  'generations list': generationsListOutput,
  'generations diff': generationsDiffOutput,
  'generations pin': generationsPinOutput,
  'generations unpin': generationsPinOutput,
  upgrade: upgradeOutput,
  rollback: z.union([rollbackOutput, ...upgradeOutput.options]),
  history: historyOutput,
  revert: revertOutput,
  uninstall: uninstallOutput,
  bootstrap: bootstrapOutput,
  explain: explainOutput,
  'drill heal': drillOutput,
  'drill primary-loss': primaryLossOutput,
  release: releaseOutput,
  'release verify': releaseVerifyOutput,
  'release trust': releaseTrustOutput,
  disposable: disposableOutput,
  'router serve': routerServeOutput,
  'router status': routerStatusOutput,
  'router drill': routerDrillOutput,
  'router reload': routerReloadOutput,
  'catalog check': catalogCheckOutput,
  'catalog render': catalogRenderOutput,
  'catalog graph': catalogGraphOutput,
  'catalog schema': catalogSchemaOutput,
  'host facts': hostFactsOutput,
  'host profile': hostProfileOutput,
  'host prerequisites': hostPrerequisitesOutput,
  'host audit': hostAuditOutput,
  'docs check': docsOutcome,
  'contracts init': contractsInitOutput,
  'contracts check': contractsCheckOutput,
  'contracts graph': contractsGraphOutput,
  'contracts docs': contractsDocsOutput,
  'contracts verify': contractsVerifyOutput,
  'contracts can-upgrade': contractsCanUpgradeOutput,
  completion: completionOutput,
  commands: commandsOutput,
}

/** The name under `schemas/` of the document that a command prints with `--json`. */
export function toOutputFile(command: string): string {
  return `output/${command.replaceAll(' ', '-')}.schema.json`
}

/**
 * The JSON Schema (draft 7) of every document that a command prints with `--json`, by the name of its file under `schemas/`: an answer,
 * or the findings and errors that kept it from one. They describe exactly what this version prints; a later one may add fields.
 */
export function toOutputSchemas(): Readonly<Record<string, JsonSchema>> {
  const failed = z.strictObject({ findings: z.array(finding) })
  const documents = Object.entries(commandOutputs).map(([command, output]) => {
    const answered = toOptions(output).map((option) => option.extend({ findings: z.array(finding) }))
    const document = envelope.extend({ command: z.literal(command), data: z.union([...answered, failed]) }).strict()
    return [toOutputFile(command), toSchema(document, `What sanctumctl ${command} --json prints`)] as const
  })
  const whole = toSchema(envelope.strict(), 'What every command prints with --json')
  const line = toSchema(z.strictObject({ line: z.string() }), 'What a followed stream prints with --json before its last document')
  const followed = toSchema(event, 'What events --follow prints with --json before its last document')
  return {
    ...Object.fromEntries(documents),
    'output/envelope.schema.json': whole,
    'output/line.schema.json': line,
    'output/event.schema.json': followed,
  }
}

function toOptions(output: z.ZodType): readonly z.ZodObject[] {
  return output instanceof z.ZodUnion ? (output.options as readonly z.ZodObject[]) : [output as z.ZodObject]
}

function toSchema(schema: z.ZodType, title: string): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'output', target: 'draft-7', reused: 'ref' })
  return { $schema, title, ...rest }
}
