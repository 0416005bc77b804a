import { upgradeLayout } from '@sanctum/upgrade'
import type { QuickPorts } from '../ports.ts'

/** Whether the record tells of an upgrade that has not ended, or cannot be read; without a schema, for who only wants to know whether to look. */
export async function isUpgradeOpen({ files, home }: Pick<QuickPorts, 'files' | 'home'>): Promise<boolean> {
  try {
    const text = await files.readText(upgradeLayout(home).record)
    return text !== null && typeof (JSON.parse(text) as { readonly outcome?: unknown } | null)?.outcome !== 'string'
  } catch {
    return true
  }
}
