import type { DocsReport } from '@sanctum/contracts'

/** Of a look at which nothing was asked yet. */
export const emptyReport: DocsReport = {
  findings: [],
  pages: { read: 0, checked: 0 },
  blocks: { run: 0, pages: 0 },
  build: { outcome: 'not-asked', digest: null, took_ms: 0 },
  running: null,
  recall: null,
  unavailable: null,
}
