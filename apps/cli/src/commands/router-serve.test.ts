import { expect, test } from 'vitest'
import { toAddress } from './router-serve.ts'

test.each([
  [{}, 'http://127.0.0.1:8900/v1'],
  [{ bind: '10.0.0.7', tlsCert: '/c.pem' }, 'https://10.0.0.7:8900/v1'],
  [{ bind: '::1' }, 'http://[::1]:8900/v1'],
])('a router that is served with %o is found at %s', (options, address) => {
  expect(toAddress(options, 8900)).toBe(address)
})
