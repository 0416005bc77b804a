import { type DocsReceipt, type DocsReport, docsReceipt } from '@sanctum/contracts'

/** Null where the text is no receipt of this version. */
export function parseReceipt(text: string | null): DocsReceipt | null {
  try {
    return docsReceipt.parse(JSON.parse(text ?? 'null'))
  } catch {
    return null
  }
}

/** Only a good build of the same inputs spares another: what kept a bad one from passing may lie outside of them. */
export function isProof(receipt: DocsReceipt | null, digest: string): receipt is DocsReceipt {
  return receipt?.ok === true && receipt.digest === digest
}

/** What a receipt says of pages with this digest. */
export function judgeReceipt(receipt: DocsReceipt | null, digest: string | null): NonNullable<DocsReport['recall']>['state'] {
  if (receipt === null) return 'none'
  if (receipt.digest !== digest) return 'stale'
  return receipt.ok ? 'green' : 'red'
}
