import type { Finding } from '@sanctum/contracts'
import type { GenerationPlan } from '@sanctum/generations'
import type { CommandContext } from '../command.ts'

/** Folders into which a plan would publish and where this user may not write: found before anything is changed. One finding for each. */
export async function findUnwritable(
  { ports }: Pick<CommandContext, 'ports'>,
  { publications, surfaces }: Pick<GenerationPlan, 'publications' | 'surfaces'>,
): Promise<readonly Finding[]> {
  const byFolder = Map.groupBy(publications, ({ path }) => path.slice(0, path.lastIndexOf('/')))
  const findings = await Promise.all(
    [...byFolder].map(async ([folder, [first, ...others]]) => {
      if (first === undefined || (await ports.files.mayWrite(folder))) return []
      const surface = surfaces.find(({ publish }) => publish === first.path)
      return [toFinding(ports, { folder, path: first.path, others: others.length, unit: surface?.unit ?? null })]
    }),
  )
  return findings.flat()
}

interface Refusal {
  readonly folder: string
  readonly path: string
  readonly others: number
  readonly unit: GenerationPlan['surfaces'][number]['unit']
}

function toFinding({ files, home }: CommandContext['ports'], { folder, path, others, unit }: Refusal): Finding {
  const what = unit === null ? path : `${path}, the unit of ${unit.service},`
  const more = others === 0 ? '' : `, nor can ${others} more there`
  return {
    code: 'PUBLISH_NOT_PERMITTED',
    severity: 'error',
    message: `${what} cannot be written: you may not write in ${folder}${more}; nothing was changed`,
    subject: path,
    evidence: { expected: `${folder}, in which you may write`, observed: 'you may not' },
    fix:
      unit?.domain === 'system'
        ? {
            text: `The system domain is root's. Set services.${unit.service}.domain to user in ${files.toShown(home)}/instance.yaml; or run as root and keep this home, whose new files are then root's, as are services whose run.user names nobody else.`,
            command: `sudo SANCTUM_HOME=${quote(home)} sanctumctl up`,
          }
        : { text: `Make ${folder} yours, or let its owner run this.`, command: `ls -ld ${quote(folder)}` },
  }
}

function quote(path: string): string {
  return /^[\w/.-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
