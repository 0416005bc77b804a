import type { Listener } from '@sanctum/contracts'

/** What an observer cannot look at by itself, because another package does it. */
export interface ProbePorts {
  /** Who listens on this machine now. */
  readonly listListeners: () => Promise<readonly Pick<Listener, 'protocol' | 'port' | 'pid' | 'process_group' | 'program'>[]>
  readonly checkSqlite: (path: string, deadline: AbortSignal) => Promise<SqliteCheck>
}

/** What a whole look at a database came to. */
export type SqliteCheck =
  | { readonly kind: 'sound' }
  | { readonly kind: 'damaged'; readonly problems: readonly string[] }
  | { readonly kind: 'unreadable'; readonly why: string }

const nobody = (): never => {
  throw new Error('nothing here can look at this')
}

/** Without the other packages. */
export const noProbePorts: ProbePorts = { listListeners: nobody, checkSqlite: nobody }
