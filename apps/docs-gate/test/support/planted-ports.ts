import { fileURLToPath } from 'node:url'
import type { Facts } from '../../src/facts.ts'
import type { Ports } from '../../src/ports.ts'
import { createPorts } from '../../src/wire.ts'

export const checkout = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '')
export const sanctumctl = `${checkout}/apps/cli/dist/sanctumctl.js`

/** Of the checkout, which no test changes. */
let gathered: Promise<Facts> | undefined

/** The real machine and the real facts of the checkout, but these pages and no others. */
export function createPlantedPorts(pages: Readonly<Record<string, string>>): Ports {
  const ports = createPorts({
    root: checkout,
    node: process.execPath,
    main: `${checkout}/apps/docs-gate/src/main.ts`,
    sanctumctl,
    environment: process.env,
    signal: new AbortController().signal,
  })
  return {
    ...ports,
    facts: async () => {
      gathered ??= ports.facts()
      const facts = await gathered
      // No configuration of a site among the files: it has no pages of its own, and is not built.
      return { ...facts, files: [...facts.files.filter((file) => !/\.mdx?$|^docs\/astro/.test(file)), ...Object.keys(pages)] }
    },
    // They are no site.
    digestDocs: async () => null,
    readText: async (file) => pages[file] ?? null,
  }
}
