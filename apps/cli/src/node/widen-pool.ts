import { access } from 'node:fs'

/** As many files as a commit syncs at the same time. */
const THREADS = '32'

/**
 * Lets that many syncs wait for the disk at once, where four would wait in turn and a file system would write its own journal for every
 * four. `environment` is that of the process. The number is read when the first thread is wanted, and once; so it is gone again before
 * a child could inherit it. One that a person has set holds.
 */
export function widenPool(environment: NodeJS.ProcessEnv): void {
  if (environment['UV_THREADPOOL_SIZE'] !== undefined) return
  environment['UV_THREADPOOL_SIZE'] = THREADS
  access('/', () => undefined)
  delete environment['UV_THREADPOOL_SIZE']
}
