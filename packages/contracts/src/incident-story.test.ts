import { expect, test } from 'vitest'
import { healEventData } from './incident-story.ts'

// Once messages were called sent for eight days while whoever sent them was dead: their status was 200. tools/prove/incident-wall
test('a call that was handed on is unconfirmed, and nothing can say that it was delivered', () => {
  const call = { incident: 'door-1', level: 2, channel: 'hook', count: 1, why: 'still not well' }
  const says = (delivery: string) => healEventData['incident-escalated'].safeParse({ ...call, delivery }).success
  expect([says('unconfirmed'), says('failed'), says('delivered'), says('sent')]).toEqual([true, true, false, false])
})
