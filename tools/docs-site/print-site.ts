import { fileURLToPath } from 'node:url'
import { buildSite, digestDocs } from './build-site.ts'

const root = process.argv.slice(2).find((word) => !word.startsWith('--')) ?? fileURLToPath(new URL('../..', import.meta.url))
/** For docs-gate: one line of JSON, the build of the site, or with --digest only what it would be made from. */
process.stdout.write(`${JSON.stringify(process.argv.includes('--digest') ? { digest: digestDocs(root) } : buildSite(root))}\n`)
