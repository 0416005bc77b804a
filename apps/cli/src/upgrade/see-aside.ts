import type { UpgradePort } from '../ports.ts'

/** Looks without leaving anything: what had to be fetched for it is gone when this returns. */
export async function seeAside<T>({ forget }: Pick<UpgradePort, 'forget'>, look: () => Promise<T>): Promise<T> {
  try {
    return await look()
  } finally {
    await forget()
  }
}
