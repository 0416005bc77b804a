import { fileURLToPath } from 'node:url'
import { gatherFacts } from './gather-facts.ts'

/** For docs-gate, which knows of the code only what this prints. */
process.stdout.write(JSON.stringify(await gatherFacts(process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url)))))
