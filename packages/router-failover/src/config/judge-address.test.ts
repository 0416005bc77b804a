import { expect, test } from 'vitest'
import { isAtHome, isLoopbackUrl } from './judge-address.ts'

test.each([
  ['http://127.0.0.1:1/v1', true],
  ['http://127.8.9.1/v1', true],
  ['http://localhost:1/v1', true],
  ['http://[::1]:1/v1', true],
  ['http://0x7f.1/v1', true],
  ['http://localhost.models.example/v1', false],
  ['http://127.0.0.1.models.example/v1', false],
  ['http://127.0.0.1@models.example/v1', false],
  ['http://0.0.0.0/v1', false],
  ['http://192.168.1.2/v1', false],
  ['no address', false],
])('%s is this machine: %s', (url, expected) => expect(isLoopbackUrl(url)).toBe(expected))

test.each([
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.0.1', true],
  ['100.64.0.1', true],
  ['8.8.8.8', false],
  ['studio', true],
  ['studio.local', true],
  ['studio.tail1.ts.net', true],
  ['local.models.example', false],
  ['10.0.0.1.models.example', false],
  ['[fd00::1]', true],
  ['[2001:db8::1]', false],
  ['', false],
])('%s is at home: %s', (host, expected) => expect(isAtHome(host)).toBe(expected))
