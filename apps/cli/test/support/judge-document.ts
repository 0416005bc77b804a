import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { toOutputFile } from '@sanctum/contracts'
import { Ajv } from 'ajv'
import { commandTable } from '../../src/command-table.ts'

const folder = fileURLToPath(new URL('../../../../packages/contracts/schemas/output/', import.meta.url))
const validator = new Ajv({ allErrors: true, strict: false, validateFormats: false })
for (const file of readdirSync(folder)) validator.addSchema(JSON.parse(readFileSync(`${folder}${file}`, 'utf8')), `output/${file}`)

/** How a printed document differs from the schema that is published for its command; the checked-in file and another library decide. */
export function judgeDocument(document: unknown): readonly string[] {
  const command = (document as { command?: unknown } | null)?.command
  const file = typeof command === 'string' && !isGroup(command) ? toOutputFile(command) : 'output/envelope.schema.json'
  const validate = validator.getSchema(file)
  if (validate === undefined) return [`${file} is not published`]
  return validate(document) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** What only holds commands, such as `catalog`, answers nothing of its own: it can only refuse. */
function isGroup(command: string): boolean {
  return command === 'sanctumctl' || commandTable.some(({ path }) => path.length > 1 && path[0] === command)
}
