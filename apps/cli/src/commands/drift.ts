import { countWords, type ExitName, type Finding, type GenerationDocument } from '@sanctum/contracts'
import { toDriftFindings } from '@sanctum/generations'
import { toUnitFindings } from '@sanctum/supervisor'
import type { Answer, CommandContext } from '../command.ts'
import { readKeptHaus } from '../haus/kept-haus.ts'
import { createRuntimeLook } from '../haus/look-at-runtime.ts'
import { type FileDriftReport, observeFileDrift, toUnchecked, toWhereabouts } from '../haus/observe-file-drift.ts'
import { observePatrol, type PatrolReport } from '../haus/observe-patrol.ts'
import { observeUnitDrift, type UnitDriftReport } from '../haus/observe-unit-drift.ts'
import { publishRoots } from '../haus/publish-roots.ts'
import { toNotBootstrapped } from '../haus/require-generation.ts'
import { reportUndrifted } from '../output/report-undrifted.ts'
import { renderFindings } from '../views/findings.ts'

/** What was looked at; null for a plane that was not asked for. */
interface Looked {
  readonly current: GenerationDocument
  readonly files: FileDriftReport | null
  readonly units: UnitDriftReport | null
  readonly patrol: PatrolReport | null
}

/**
 * Compares this machine with its current generation, and with nothing else: it needs neither a catalog nor a secret, and it only
 * reads. What the catalog says beyond that is pending, not drift, and is a matter of `render --check`.
 */
export async function run(context: CommandContext): Promise<Answer> {
  const { ports, options } = context
  const named = (['files', 'units', 'patrol'] as const).filter((plane) => options[plane] === true)
  const asks = (plane: 'files' | 'units'): boolean => named.length === 0 || named.includes(plane)
  const asked = { files: asks('files'), units: asks('units'), patrol: named.includes('patrol') }
  const { current: pointer } = ports.generations([]).readPointers()
  if (pointer.kind === 'none') return refuse(toNotBootstrapped(ports.files.toShown(ports.home)))
  if (pointer.kind === 'damaged') return refuse(toUnchecked('current', `current names no generation: ${pointer.why}`))
  const haus = readKeptHaus(ports, pointer.number)
  if (haus === null)
    return refuse(toUnchecked('haus.json', `generation ${pointer.number} does not say from what it was made, so where to look is unknown`))
  // Only a look at the files has to read them.
  const committed = asked.files ? ports.drift.committed(publishRoots(haus)) : null
  const current = committed === null ? ports.generations([]).readCurrent() : committed.current
  if (current === null) return refuse(toUnchecked('generation.json', `generation ${pointer.number} does not say what it holds`))
  const look = createRuntimeLook(ports, haus)
  return answer({
    current,
    files: committed && observeFileDrift(ports, toWhereabouts(haus), { ...committed, current }, null),
    units: asked.units ? await observeUnitDrift(ports, haus, current, look) : null,
    patrol: asked.patrol ? await observePatrol(ports, haus, look) : null,
  })
}

function answer(looked: Looked): Answer {
  const { current, files, units, patrol } = looked
  // Units and patrol ask the same manager and may see the same trouble; it is told once.
  const unseen = [...(files?.unchecked ?? []), ...(units?.unchecked ?? []), ...(patrol?.unchecked ?? [])]
  const unchecked = [...new Map(unseen.map((finding) => [finding.message, finding])).values()]
  const ofUnits = toUnitFindings(units?.drift ?? [])
  const isTold = (finding: Finding): boolean => ofUnits.some(({ code, subject }) => code === finding.code && subject === finding.subject)
  const drifted = [
    ...toDriftFindings(files?.drift ?? []),
    ...ofUnits,
    ...(units?.held ?? []),
    ...Object.values(patrol?.found ?? {})
      .flat()
      .filter((finding) => !isTold(finding)),
  ]
  const findings = [...unchecked, ...drifted]
  if (findings.length === 0) return reportUndrifted(current, { files: files !== null, units: units !== null, patrol: patrol !== null })
  return {
    exit: exitOf(unchecked, drifted),
    data: { generation: current.number, files: files?.drift ?? null, units: units?.drift ?? null, ...toPatrolData(patrol) },
    findings,
    view: (style) => [renderFindings(findings, style), '', summarize(looked)].join('\n'),
  }
}

function toPatrolData(patrol: PatrolReport | null): Record<string, unknown> {
  if (patrol?.found == null) return {}
  const subjects = (list: readonly Finding[]): string[] => list.map(({ subject = '' }) => subject)
  const { drift, orphans, ghosts } = patrol.found
  return { patrol: { drift: subjects(drift), orphans: subjects(orphans), ghosts: subjects(ghosts) } }
}

/** Not known is not the same as unchanged. */
function exitOf(unchecked: readonly Finding[], drifted: readonly Finding[]): ExitName {
  if (unchecked.length > 0) return 'problems'
  return drifted.length > 0 ? 'pending' : 'ok'
}

function summarize({ current, files, units, patrol }: Looked): string {
  const differing = [
    files && countWords(files.drift.length, 'file'),
    units && countWords(units.drift.length + units.held.length, 'unit'),
    ...(patrol?.found ? [`${patrol.found.drift.length} missed`, countWords(patrol.found.orphans.length, 'orphan')] : []),
    ...(patrol?.found ? [countWords(patrol.found.ghosts.length, 'ghost')] : []),
  ]
  return `drifted from generation ${current.number}: ${differing.filter((part) => part !== null).join(', ')}`
}

function refuse(finding: Finding): Answer {
  return {
    exit: 'problems',
    data: { generation: null, files: null, units: null },
    findings: [finding],
    view: (style) => renderFindings([finding], style),
  }
}
