import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'

/** What a whole look at a database came to. */
export type SqliteCheck =
  | { readonly kind: 'sound' }
  | { readonly kind: 'damaged'; readonly problems: readonly string[] }
  | { readonly kind: 'unreadable'; readonly why: string }

/** SQLite reads the whole file without a pause, so it does that in a process of its own, which can be ended. */
const program = `
  const { DatabaseSync } = require('node:sqlite')
  const database = new DatabaseSync(process.argv[1], { readOnly: true, timeout: 1000 })
  try {
    const rows = database.prepare('PRAGMA quick_check(20)').all()
    console.log(JSON.stringify(rows.map((row) => String(Object.values(row)[0]))))
  } catch (error) {
    console.log(JSON.stringify({ code: error.errcode, why: error.message }))
  }
`

/** SQLITE_CORRUPT and SQLITE_NOTADB, without what the upper bits add. */
const damage = new Set([11, 26])

/** `PRAGMA quick_check` of a database that somebody else may be writing. Nothing is changed, and a missing file is not created. */
export async function checkSqlite(path: string, deadline: AbortSignal): Promise<SqliteCheck> {
  try {
    await access(path, constants.R_OK)
  } catch (error) {
    return { kind: 'unreadable', why: (error as NodeJS.ErrnoException).code ?? String(error) }
  }
  return await new Promise((resolve) => {
    const options = { signal: deadline, killSignal: 'SIGKILL' as const, env: { NODE_NO_WARNINGS: '1' }, maxBuffer: 1024 * 1024 }
    execFile(process.execPath, ['-e', program, path], options, (error, stdout) =>
      resolve(error === null ? judgeOutput(stdout) : { kind: 'unreadable', why: deadline.aborted ? 'it takes too long' : error.message }),
    )
  })
}

function judgeOutput(stdout: string): SqliteCheck {
  const output = JSON.parse(stdout) as readonly string[] | { readonly code: number; readonly why: string }
  if ('code' in output)
    return damage.has(output.code & 0xff) ? { kind: 'damaged', problems: [output.why] } : { kind: 'unreadable', why: output.why }
  const problems = output.filter((row) => row !== 'ok')
  return problems.length === 0 ? { kind: 'sound' } : { kind: 'damaged', problems }
}
