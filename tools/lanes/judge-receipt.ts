import { fileURLToPath } from 'node:url'
import { judgeTestReceipt } from './test-receipt.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const [receipts] = process.argv.slice(2)
// A release that is made again goes by the receipt that it was made by, which stands among those of its other gates.
const judgement = judgeTestReceipt(root, receipts === undefined ? {} : { receipts })
console.log(JSON.stringify(judgement))
process.exitCode = judgement.ok ? 0 : 1
