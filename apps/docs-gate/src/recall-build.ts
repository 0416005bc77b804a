import type { DocsReport } from '@sanctum/contracts'
import { judgeReceipt, parseReceipt } from './build-receipt.ts'
import { emptyReport } from './empty-report.ts'
import type { Ports } from './ports.ts'
import { siteBroken } from './site-broken.ts'

/** Only what is known already: nothing is built and nothing is written. `receipt` is a file; null where there is no home. */
export async function recallBuild(receipt: string | null, ports: Pick<Ports, 'digestDocs' | 'readReceipt'>): Promise<DocsReport> {
  const [digest, text] = await Promise.all([ports.digestDocs(), receipt === null ? null : ports.readReceipt(receipt)])
  const last = parseReceipt(text)
  const state = judgeReceipt(last, digest)
  return {
    ...emptyReport,
    findings: state === 'red' ? [siteBroken('its last build failed')] : [],
    build: { ...emptyReport.build, digest },
    recall: { state, begun_ms: last?.begun_ms ?? null },
  }
}
