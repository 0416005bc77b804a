import type { TrustedIdentity } from '@sanctum/contracts'
import { SIGNATURE } from '@sanctum/release'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import type { ReleasePort } from '../ports.ts'
import { trustFolder } from '../release/trust-folder.ts'
import { type ReleaseTrust, renderReleaseTrust } from '../views/release-trust.ts'

/** Who may sign releases for this machine: lets a key or an identity in, puts one out, or lists them. */
export async function run(context: CommandContext): Promise<Answer> {
  const [file, remove] = [context.args[0] as string | undefined, context.options['remove']]
  const port = await context.ports.release()
  const folder = trustFolder(context)
  if (typeof remove === 'string') {
    if (file !== undefined) throw new UsageProblem('one is let in or put out, and not both at a time', 'Leave FILE or --remove out.')
    return report(context, port, { added: null, removed: await putOut(context, port, { folder, begin: remove }) })
  }
  if (file === undefined || file === 'list') return report(context, port, { added: null, removed: null })
  return report(context, port, { added: await letIn(context, port, { folder, file }), removed: null })
}

/** Returns the fingerprint. */
async function letIn(context: CommandContext, port: ReleasePort, { folder, file }: { folder: string; file: string }): Promise<string> {
  const { ports, global, options } = context
  const path = ports.files.toAbsolute(file)
  const text = await ports.files.readText(path)
  if (text === null)
    throw new UsageProblem(`there is no file ${ports.files.toShown(path)}`, 'Name a public key in PEM, or a Sigstore trusted root.')
  await refuseOwn(context, port, path)
  const whom = toWhom(options)
  if (whom !== null) {
    const trusted = toIdentity(port, text, whom)
    if (!global.dryRun) await port.trustIdentity(folder, trusted)
    return port.fingerprintOfIdentity(trusted)
  }
  const pem = port.toPublicKey(text)
  if (pem === null)
    throw new UsageProblem(
      `${ports.files.toShown(path)} is no key in PEM`,
      'For an identity of a CI, name its Sigstore trusted root with --issuer and --identity.',
    )
  if (!global.dryRun) await port.trustKey(folder, pem)
  return port.fingerprintOf(pem)
}

/** A release must not bring along what it is judged by. */
async function refuseOwn({ ports }: CommandContext, port: ReleasePort, path: string): Promise<void> {
  const beside = (await port.toReal(path)).replace(/[^/]*$/, SIGNATURE)
  if ((await ports.files.readText(beside)) !== null)
    throw new UsageProblem(
      'that key lies in a release, which cannot vouch for itself',
      'Take the key from whoever releases, by another way.',
    )
}

function toWhom({ issuer, identity }: CommandContext['options']): { readonly issuer: string; readonly identity: string } | null {
  if (issuer === undefined && identity === undefined) return null
  if (typeof issuer === 'string' && typeof identity === 'string') return { issuer, identity }
  throw new UsageProblem('an identity is trusted by its name and by who issued it', 'Give both --issuer and --identity.')
}

function toIdentity(port: ReleasePort, text: string, whom: Pick<TrustedIdentity, 'issuer' | 'identity'>): TrustedIdentity {
  const trusted = port.toTrustedIdentity(text, whom)
  if (trusted !== null) return trusted
  throw new UsageProblem(
    'that file is no Sigstore trusted root with authorities and logs of each kind',
    'Such as a line of what gh attestation trusted-root prints.',
  )
}

/** Returns the fingerprint. */
async function putOut(
  { global }: CommandContext,
  port: ReleasePort,
  { folder, begin }: { folder: string; begin: string },
): Promise<string> {
  const found = (await port.listTrusted(folder)).filter(
    ({ fingerprint }) => begin.length >= 8 && fingerprint.startsWith(begin.toLowerCase()),
  )
  const [signer] = found
  if (signer === undefined || new Set(found.map(({ fingerprint }) => fingerprint)).size > 1)
    throw new UsageProblem(
      `${begin} begins ${found.length === 0 ? 'no fingerprint' : 'more than one fingerprint'} of who is trusted here`,
      'List them with sanctumctl release trust list, and name one by 8 characters or more.',
    )
  for (const each of global.dryRun ? [] : found) await port.distrust(folder, each)
  return signer.fingerprint
}

async function report(
  context: CommandContext,
  port: ReleasePort,
  { added, removed }: Pick<ReleaseTrust, 'added' | 'removed'>,
): Promise<Answer> {
  const folder = trustFolder(context)
  const signers = (await port.listTrusted(folder)).map((signer) => ({
    kind: signer.kind,
    fingerprint: signer.fingerprint,
    issuer: signer.kind === 'identity' ? signer.trusted.issuer : null,
    identity: signer.kind === 'identity' ? signer.trusted.identity : null,
    file: signer.file,
  }))
  const { last } = await port.readTrust(folder)
  const changes = added !== null || removed !== null
  const written = changes && !context.global.dryRun
  const data = { folder, signers, added, removed, last_version: last?.version ?? null, written }
  return {
    exit: changes && !written ? 'pending' : 'ok',
    data,
    findings: [],
    view: (style) => renderReleaseTrust({ ...data, folder: context.ports.files.toShown(folder) }, style),
  }
}
