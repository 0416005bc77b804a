import { toJsonSchemas, toOutputSchemas } from '@sanctum/contracts'

/** `packages/contracts/schemas/*.json`: what an editor and other repositories check documents with, and programs the answers of commands. */
export function renderJsonSchemas(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries({ ...toJsonSchemas(), ...toOutputSchemas() }).map(([file, schema]) => [
      `packages/contracts/schemas/${file}`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  )
}
