/** What could not be read, and why. */
export interface Unread {
  readonly what: string
  readonly why: string
}

/** Keeps what could not be read while the rest goes on. */
export interface Gathering {
  readonly unread: Unread[]
  /** Milliseconds left until the whole must be done; never below 1. */
  remainingMs(): number
  /** The value, or the fallback where reading fails or takes too long; that is then noted. Never throws. */
  read<T>(what: string, read: () => Promise<T>, fallback: T): Promise<T>
}

export function createGathering(deadlineMs: number): Gathering {
  const unread: Unread[] = []
  const endsAt = performance.now() + deadlineMs
  const remainingMs = (): number => Math.max(1, endsAt - performance.now())
  return {
    unread,
    remainingMs,
    async read(what, read, fallback) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), remainingMs())
      })
      try {
        return await Promise.race([read(), late])
      } catch (error) {
        unread.push({ what, why: describe(error) })
        return fallback
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string'
    ? `${error.code}${'path' in error && error.path ? ` ${String(error.path)}` : ''}`
    : error.message
}
