import { dirname } from 'node:path'
import { type Check, countWords, type Finding } from '@sanctum/contracts'
import type { InspectPort } from '../../ports.ts'
import type { DoctorContext } from '../doctor-context.ts'
import { toFinding } from './to-finding.ts'

/** Whether each service can read its secrets as the account that its manager starts it as. No content is read. */
export const checkSecretAccess: Check<DoctorContext> = {
  id: 'secret-access',
  title: 'secrets in the context of their service',
  async run({ command: { ports }, held, inspect }) {
    const haus = held()
    const uses = Object.values(haus.services).flatMap(({ id, run }) =>
      (run?.secrets ?? []).map(({ file }) => ({ service: id, file, account: run?.user ?? haus.host.user.name })),
    )
    if (uses.length === 0) return { kind: 'not-applicable', reason: 'no service here needs a secret' }
    const look = await inspect()
    const findings = await Promise.all(uses.map((use) => judgeUse(look, use, ports.files.toShown(use.file))))
    return {
      kind: 'ran',
      findings: findings.flat(),
      proof: countWords(
        uses.length,
        'secret can be read by the account of its service',
        'secrets can be read by the accounts of their services',
      ),
    }
  },
}

interface SecretUse {
  readonly service: string
  readonly file: string
  readonly account: string
}

type Look = Pick<InspectPort, 'account' | 'owner'>

/** That a file is missing or open to others is said by the check of the files themselves. */
export async function judgeUse(look: Look, { service, file, account }: SecretUse, shown: string): Promise<Finding[]> {
  const who = await look.account(account)
  if (who === null) return [toUnreadable({ service, shown, account }, 'an account', 'this machine has no such account', null)]
  if (who.uid === 0) return []
  const seen = await look.owner(file)
  if (seen === null) return []
  if (!permits(seen, who, 4))
    return [
      toUnreadable(
        { service, shown, account },
        `read by ${account} (uid ${who.uid})`,
        `owner ${seen.uid}, mode ${toOctal(seen.mode)}`,
        `sudo chown ${account} ${shown}`,
      ),
    ]
  const closed = await findClosedFolder(look, file, who)
  if (closed === null) return []
  return [
    toUnreadable(
      { service, shown, account },
      `a way in for ${account}`,
      `${closed.path} has owner ${closed.uid}, mode ${toOctal(closed.mode)}`,
      null,
    ),
  ]
}

async function findClosedFolder(look: Look, file: string, who: Account) {
  for (let path = dirname(file); ; path = dirname(path)) {
    const folder = await look.owner(path)
    if (folder !== null && !permits(folder, who, 1)) return { path, ...folder }
    if (path === dirname(path)) return null
  }
}

type Account = NonNullable<Awaited<ReturnType<Look['account']>>>

/** As the kernel does it: the first class that fits decides, also where a later one would permit more. */
function permits(
  { uid, gid, mode }: { readonly uid: number; readonly gid: number; readonly mode: number },
  who: Account,
  bit: number,
): boolean {
  const shift = uid === who.uid ? 6 : who.groups.includes(gid) ? 3 : 0
  return ((mode >> shift) & bit) !== 0
}

function toOctal(mode: number): string {
  return `0${(mode & 0o777).toString(8)}`
}

function toUnreadable(
  { service, shown, account }: { readonly service: string; readonly shown: string; readonly account: string },
  expected: string,
  observed: string,
  command: string | null,
): Finding {
  return toFinding('SECRET_UNREADABLE', {
    message: `${service} runs as ${account} and cannot read ${shown}: ${observed}`,
    subject: `${service} ${shown}`,
    evidence: { expected, observed },
    fix: { text: `Let ${account} read it, and nobody else.`, ...(command === null ? {} : { command }) },
  })
}
