import { Fault, type Finding } from '@sanctum/contracts'
import { judgeRelease } from '@sanctum/release'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { trustFolder } from '../release/trust-folder.ts'
import { renderVerifiedRelease } from '../views/release.ts'

/** Judges the folder of a release by what this machine trusts, and remembers the newest one that it did. Asks nothing of the network. */
export async function run(context: CommandContext): Promise<Answer> {
  const { ports, global } = context
  const folder = ports.files.toAbsolute(context.args[0] as string)
  const trusting = trustFolder(context)
  const port = await ports.release()
  if (`${await port.toReal(trusting)}/`.startsWith(`${await port.toReal(folder)}/`))
    throw new UsageProblem('what is trusted must not lie in the release that is judged by it', 'Name another folder with --trust.')
  const { last, ...signers } = await port.readTrust(trusting)
  const seen = await port.readRelease(folder, signers)
  if (seen === null) throw new UsageProblem(`there is no folder ${ports.files.toShown(folder)}`, 'Name the folder of a release.')
  const judgement = judgeRelease({ ...seen, last, now: ports.clock.now(), digest: ports.digest })
  const isTrusted = judgement.kind === 'trusted'
  // Also where the release is the same: a clock that is set back later must not make an old one young again.
  const grows = isTrusted && (judgement.trust.sha256 !== last?.sha256 || judgement.trust.trusted_at_ms > (last?.trusted_at_ms ?? 0))
  const writes = grows && !global.dryRun
  if (writes && (await port.readTrust(trusting)).last?.sha256 !== last?.sha256)
    throw new Fault('LOCKED', 'another release was trusted here meanwhile, and this one was judged without it')
  if (writes) await port.writeTrust(trusting, judgement.trust)
  // Of what is not trusted nothing is repeated as if it were known.
  const predicate = isTrusted ? judgement.statement.predicate : null
  const data = {
    folder,
    version: predicate?.version ?? null,
    revision: predicate?.revision ?? null,
    expires_at: predicate === null ? null : new Date(predicate.expires_at_ms).toISOString(),
    signer: isTrusted ? judgement.signer : null,
    files: predicate?.files.length ?? 0,
    last_version: last?.version ?? null,
    written: writes,
  }
  const findings = isTrusted ? [] : judgement.findings.map((finding) => withCommand(finding, context))
  return {
    exit: isTrusted ? 'ok' : 'releaseRefused',
    data,
    findings,
    view: (style) => renderVerifiedRelease({ ...data, findings, trust: ports.files.toShown(trusting) }, style),
  }
}

/** What would let a stranger in, for this very trust folder. */
function withCommand(finding: Finding, { options }: CommandContext): Finding {
  if (finding.code !== 'RELEASE_SIGNER_UNKNOWN') return finding
  const trust = typeof options['trust'] === 'string' ? ` --trust ${options['trust']}` : ''
  const text = `Do not install it. Where its public key reached you by another way than the release: sanctumctl release trust FILE${trust}, then verify again.`
  return { ...finding, fix: { text } }
}
