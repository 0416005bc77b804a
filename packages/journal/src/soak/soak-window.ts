import { type Event, type SoakMark, type SoakOutcome, type SoakPolicy, soakRows } from '@sanctum/contracts'

export interface SoakRecord {
  /** Null where the row says only that the recorder was there. */
  readonly check: string | null
  readonly outcome: SoakOutcome | 'seen'
  readonly finding: string | null
  readonly mark: SoakMark
}

/** The newest window of a ledger, with what was recorded since its start. */
export interface SoakWindow {
  readonly policy: SoakPolicy
  readonly folder: string
  readonly variables: Readonly<Record<string, string>>
  readonly timezone: string
  readonly by: string
  readonly started: SoakMark
  readonly records: readonly SoakRecord[]
  readonly aborted: { readonly at_ms: number; readonly by: string; readonly why: string } | null
}

/** Folds the rows of the ledger, oldest first; null where no window was ever started. A row that says anything else is left out. */
export function parseWindow(rows: readonly Event[]): SoakWindow | null {
  return rows.reduce<SoakWindow | null>(addRow, null)
}

function addRow(window: SoakWindow | null, { kind, at_ms, subject, data }: Event): SoakWindow | null {
  if (kind === 'window-started') {
    const row = soakRows['window-started'].safeParse(data).data
    if (row === undefined) return window
    const { policy, folder, variables, timezone, by, boot_id, up_ms } = row
    return { policy, folder, variables, timezone, by, started: { at_ms, boot_id, up_ms }, records: [], aborted: null }
  }
  if (window === null || window.aborted !== null) return window
  if (kind === 'window-aborted') {
    const row = soakRows['window-aborted'].safeParse(data).data
    return row === undefined ? window : { ...window, aborted: { at_ms, by: row.by, why: row.why } }
  }
  if (kind === 'recorder-seen') {
    const row = soakRows['recorder-seen'].safeParse(data).data
    return row === undefined ? window : addRecord(window, { check: null, outcome: 'seen', finding: null, mark: { at_ms, ...row } })
  }
  const row = kind === 'check-recorded' ? soakRows['check-recorded'].safeParse(data).data : undefined
  if (row === undefined) return window
  const { outcome, finding, boot_id, up_ms } = row
  return addRecord(window, { check: subject, outcome, finding, mark: { at_ms, boot_id, up_ms } })
}

function addRecord(window: SoakWindow, record: SoakRecord): SoakWindow {
  return { ...window, records: [...window.records, record] }
}
