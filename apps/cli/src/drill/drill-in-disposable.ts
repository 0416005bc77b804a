import { Fault, type Finding, parseJson } from '@sanctum/contracts'
import type { CommandContext } from '../command.ts'
import { chooseCatalog } from '../haus/choose-catalog.ts'
import type { DrillFault } from './drill-faults.ts'
import type { DrillRecord } from './perform-drill.ts'

export interface DisposableDrill {
  readonly record: DrillRecord
  readonly findings: readonly Finding[]
}

/** The same drill in a haus of the same catalog that is made for it and taken away again: nobody misses what is hurt there, and nobody is asked. */
export async function drillInDisposable(context: CommandContext, service: string, fault: DrillFault): Promise<DisposableDrill> {
  const { run } = await import('../commands/disposable.ts')
  const { folder: catalog } = await chooseCatalog(context)
  const words = ['sanctumctl', 'drill', 'heal', service, '--fault', fault, '--yes', '--json']
  const { data } = await run({ ...context, args: [words], options: { up: true }, global: { ...context.global, catalog, json: true } })
  return readDrill(String(data['stdout']), String(data['stderr']))
}

/** What the drill in there printed. Throws what kept it from being one. */
export function readDrill(stdout: string, stderr: string): DisposableDrill {
  const { data = {}, errors = [] } = (parseJson(stdout) as Printed | null) ?? {}
  const { findings = [], ...told } = data
  const { written: _, ...record } = told
  // The same program has printed it, so that it is one of its records where it is one at all.
  if ('new_pid' in record && 'events' in record) return { record: record as unknown as DrillRecord, findings }
  const [error] = errors
  throw new Fault(
    'UNAVAILABLE',
    `the disposable haus came to no drill: ${error?.message ?? (lastLineOf(stderr) || 'it did not come up')}`,
    {
      hint: error?.hint ?? 'sanctumctl disposable --up -- sanctumctl status shows how it comes up.',
    },
  )
}

interface Printed {
  readonly data?: { readonly findings?: readonly Finding[] } & Readonly<Record<string, unknown>>
  readonly errors?: readonly { readonly message: string; readonly hint?: string }[]
}

function lastLineOf(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
