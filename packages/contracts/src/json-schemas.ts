import * as z from 'zod'
import { type DocumentKind, documentKinds } from './documents/document-kinds.ts'

/** A JSON Schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * The JSON Schema of every document kind, by the name of its file under `schemas/`. They describe what a person may
 * write, in draft 7: the newest draft that the common YAML editors check in full.
 */
export function toJsonSchemas(): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.values(documentKinds).map(({ schema, published, title }) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', reused: 'ref' })
      return [published, { $schema, title, ...rest }]
    }),
  )
}

/**
 * The first line of a document, by which an editor finds its schema. `folder` is where the schemas lie, as a relative
 * path or an address, without a slash at the end.
 */
export function toModeline(kind: DocumentKind, folder: string): string {
  return `# yaml-language-server: $schema=${folder}/${documentKinds[kind].published}`
}
