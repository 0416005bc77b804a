import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createSecureContext, createServer } from 'node:tls'
import { createCertificate } from '@sanctum/router-failover/node'
import { expect, test } from 'vitest'

const hour = 3_600_000
const now = Date.now()
const authority = createCertificate({ name: 'authority', fromMs: now - hour, untilMs: now + hour, issuer: null })

test.each([
  ['good now', -hour, hour, 'secured'],
  ['that has expired', -2 * hour, -hour, 'CERT_HAS_EXPIRED'],
  ['of tomorrow', hour, 2 * hour, 'CERT_NOT_YET_VALID'],
])('a certificate %s', async (_, from, until, expected) => {
  const { certificatePem, keyPem } = createCertificate({ name: 'server', fromMs: now + from, untilMs: now + until, issuer: authority })
  expect(new X509Certificate(certificatePem).verify(new X509Certificate(authority.certificatePem).publicKey)).toBe(true)
  const server = createServer({ cert: certificatePem, key: keyPem }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ca: authority.certificatePem })
  const seen = await new Promise((resolve) => {
    socket.on('secureConnect', () => resolve('secured')).on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
  })
  socket.destroy()
  server.close()
  expect(seen).toBe(expected)
})

test('is read back whatever its length', () => {
  for (let length = 1; length <= 64; length += 1) {
    const { certificatePem, keyPem } = createCertificate({ name: 'n'.repeat(length), fromMs: now, untilMs: now + hour, issuer: authority })
    expect(() => createSecureContext({ cert: certificatePem, key: keyPem }), `a name of ${length}`).not.toThrow()
  }
})
