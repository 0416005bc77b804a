import { expect, test } from 'vitest'
import { judgeAlertPath } from './judge-alert-path.ts'

const path = (...channels: readonly (readonly [string, 'unconfirmed' | 'failed'])[]) => ({
  schema_version: 1,
  at_ms: 1,
  channels: channels.map(([channel, delivery]) => ({ channel, delivery, why: 'code 1' })),
})

test.each([
  ['nothing was ever told', null, null, null],
  ['both ways were taken', path(['file', 'unconfirmed'], ['command', 'unconfirmed']), null, null],
  ['one way failed', path(['file', 'unconfirmed'], ['command', 'failed']), null, 'the last alert by command failed: code 1'],
  ['the command is gone, and was never tried', null, '/opt/tell does not exist', '/opt/tell does not exist'],
  ['a document of another form says nothing', { channels: 'failed' }, null, null],
])('%s', (_, known, hookProblem, why) => {
  expect(judgeAlertPath(known, { hookProblem })).toBe(why)
})
