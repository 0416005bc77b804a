import { writeSync } from 'node:fs'
import { openJournal } from '@sanctum/journal/node'

const [path = '', subject = ''] = process.argv.slice(2)
const journal = openJournal({ path, now: Date.now })
for (;;) writeSync(1, `${journal.append({ kind: 'unit-started', subject, data: {} }).seq}\n`)
