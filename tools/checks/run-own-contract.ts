import { fileURLToPath } from 'node:url'
import { checkOwnContract } from './own-contract.ts'

/** A program of its own, because it reads packages from their sources, which the check lane itself does not. */
const lines = await checkOwnContract(fileURLToPath(new URL('../..', import.meta.url)))
for (const line of lines) console.error(line)
process.exitCode = lines.length === 0 ? 0 : 1
