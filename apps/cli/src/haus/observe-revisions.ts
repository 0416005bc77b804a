import { BUILD_FILE, type Finding, findingCodes, REVISION_FILE, type ResolvedService, toBuiltFrom } from '@sanctum/contracts'
import type { LocalAnswer, Ports } from '../ports.ts'
import { readRouterPlace, wordsOfService } from '../router/router-words.ts'
import { findRoleOf, type Role } from './roles.ts'

/** What a role says it was built from, and what the program that its unit starts was built from. */
export interface RoleRevision {
  readonly service: string
  /** Of the file that the generation names; null where nobody knows. */
  readonly expected: string | null
  /** Null where it says nothing, as roles of older versions do. */
  readonly reported: string | null
}

/** Of the roles that answer now. One that is silent is told of by others. */
export async function observeRevisions(
  ports: Ports,
  services: readonly ResolvedService[],
  longestMs: number,
): Promise<readonly RoleRevision[]> {
  const looks = services.flatMap((service) => {
    const known = findRoleOf(service)
    return known === null ? [] : [{ service, ...known }]
  })
  const rows = await Promise.all(
    looks.map(async ({ service, role, program }): Promise<RoleRevision[]> => {
      const [expected, document] = await Promise.all([readProgram(ports.files, program), hear(ports, service, role, longestMs)])
      return document === null ? [] : [{ service: service.id, expected, reported: toRevision(document['revision']) }]
    }),
  )
  return rows.flat()
}

/** A process goes on with the code that it was started with, whatever lies in its file since. */
export function judgeRevisions(rows: readonly RoleRevision[]): Finding[] {
  return rows.flatMap(({ service, expected, reported }) => {
    if (expected === null || expected === reported) return []
    const observed = reported ?? 'it does not say what it was built from, as older versions do not'
    return [
      {
        code: 'ROLE_OTHER_CODE',
        severity: findingCodes.ROLE_OTHER_CODE.severity,
        message: `${service} runs other code than the generation names: ${reported ?? 'code of an older version'} instead of ${expected}`,
        subject: service,
        evidence: { expected, observed },
        fix: { text: 'Restart it, so that it starts what lies there now.', command: `sanctumctl restart ${service}`, safe: true },
      },
    ]
  })
}

/** What a role says of itself; null where it says nothing now. */
async function hear(
  ports: Ports,
  service: ResolvedService,
  role: Role,
  longestMs: number,
): Promise<Readonly<Record<string, unknown>> | null> {
  if (role === 'failsafe') {
    const heard = toDocument(await ports.files.readText(`${ports.home}/state/failsafe.heartbeat`))
    return heard !== null && ports.clock.now() - Number(heard['at_ms']) < FRESH_MS ? heard : null
  }
  const answer = await ask(ports, service, role, Math.min(longestMs, ROLE_MS))
  const document = answer?.kind === 'answered' ? toDocument(answer.body) : null
  // Something else may have taken its port.
  return document?.['role'] === role ? document : null
}

/** A heartbeat that is older is of a process that hangs or is gone. */
const FRESH_MS = 60_000
/** Our own roles answer within a second; one that takes longer than this is no answer. */
const ROLE_MS = 2000

async function ask(ports: Ports, service: ResolvedService, role: Role, longestMs: number): Promise<LocalAnswer | null> {
  const [provision] = service.provides
  if (provision === undefined) return null
  if (role !== 'router') return await (await ports.inspect()).ask(`http://${provision.address}:${provision.port}/health`, longestMs)
  const place = await readRouterPlace(wordsOfService(service), ports.files)
  return await (await ports.router()).ask(place, { method: 'GET', path: '/health' }, longestMs)
}

async function readProgram(files: Pick<Ports['files'], 'readText'>, program: string): Promise<string | null> {
  const folder = program.replace(/\/[^/]+$/, '')
  const [manifest, revisionFile, buildFile] = await Promise.all(
    [`${folder}/../package.json`, `${folder}/../../../${REVISION_FILE}`, `${folder}/${BUILD_FILE}`].map((path) => files.readText(path)),
  )
  const version = toDocument(manifest ?? null)?.['version']
  return toBuiltFrom({ version: String(version), revisionFile: revisionFile ?? null, buildFile: buildFile ?? null })
}

function toRevision(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function toDocument(text: string | null): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
