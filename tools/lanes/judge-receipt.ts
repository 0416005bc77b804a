import { fileURLToPath } from 'node:url'
import { judgeTestReceipt } from './test-receipt.ts'

const judgement = judgeTestReceipt(fileURLToPath(new URL('../..', import.meta.url)))
console.log(JSON.stringify(judgement))
process.exitCode = judgement.ok ? 0 : 1
