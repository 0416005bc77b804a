import { toJsonSchemas } from '@sanctum/contracts'

/** `packages/contracts/schemas/*.json`: what an editor and other repositories check documents with. */
export function renderJsonSchemas(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(toJsonSchemas()).map(([file, schema]) => [`packages/contracts/schemas/${file}`, `${JSON.stringify(schema, null, 2)}\n`]),
  )
}
