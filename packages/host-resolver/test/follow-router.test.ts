import type { Service } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { buildCatalog, daemon } from './build-catalog.ts'
import { resolve } from './resolve.ts'

const router = (words: readonly string[], rest: Partial<Service> = {}): Service =>
  daemon({
    run: { command: ['/opt/node', '/opt/sanctumd.js', 'router', ...words] },
    provides: [{ port: 8900 }],
    health: { liveness: { type: 'http', path: '/health' }, contract: { type: 'tcp' } },
    ...rest,
  })

const secured = ['--bind', '10.0.0.7', '--tls-cert', '/certs/router.pem', '--tls-key', '/certs/router.key', '--token-file=/t']

describe('where a router is asked follows from the words that start it', () => {
  test.each([
    ['over loopback, as nobody said otherwise', [], '127.0.0.1', 'plain', undefined],
    ['at another address, by its certificate', secured, '10.0.0.7', 'tls', { ca_cert_path: '/certs/router.pem' }],
    ['with a certificate', ['--tls-cert=/c.pem'], '127.0.0.1', 'tls', { ca_cert_path: '/c.pem' }],
  ])('%s', (_, words, address, security, tls) => {
    const { provides, health } = resolve(buildCatalog({ services: { door: router(words) } })).services['door'] ?? {}
    expect(provides?.[0]).toMatchObject({ address, security, port: 8900 })
    expect(health?.liveness).toMatchObject({ type: 'http', port: 8900 })
    expect(health?.liveness).toEqual({ ...health?.liveness, tls })
    expect(health?.contract).toMatchObject({ type: 'tcp', host: address })
  })

  test('what the catalog says itself stands', () => {
    const own = { ca_cert_path: '/certs/ca.pem' }
    const door = router(secured, {
      provides: [{ port: 8900, address: '10.0.0.8', security: 'mtls' }],
      health: { liveness: { type: 'http', path: '/health', tls: own } },
    })
    const { provides, health } = resolve(buildCatalog({ services: { door } })).services['door'] ?? {}
    expect(provides?.[0]).toMatchObject({ address: '10.0.0.8', security: 'mtls' })
    expect(health?.liveness).toMatchObject({ tls: own })
  })

  test('planted: other programs with such words are let alone', () => {
    const web = daemon({ run: { command: ['/opt/web', '--bind', '10.0.0.7', '--tls-cert', '/c'] }, provides: [{ port: 1 }] })
    expect(resolve(buildCatalog({ services: { web } })).services['web']?.provides[0]).toMatchObject({
      address: '127.0.0.1',
      security: 'plain',
    })
  })
})

describe('a service whose work the router knows', () => {
  const model: Service = daemon({
    provides: [{ port: 1337, security: 'mtls' }],
    health: {
      liveness: {
        type: 'http',
        tls: { ca_cert_path: '/certs/council.pem' },
        busy: { from: 'metrics', service: 'door', path: '/metrics', metric: 'at_work', reading: 'running', max_age_s: 9 },
      },
    },
  })
  const busyOf = (services: Record<string, Service>) => {
    const probe = resolve(buildCatalog({ services })).services['model']?.health.liveness
    return probe !== undefined && 'busy' in probe ? probe.busy : undefined
  }
  const source = { from: 'metrics', path: '/metrics', metric: 'at_work', reading: 'running', max_age_s: 9 }

  test.each([
    ['plain, and not by the certificate of the probe', [], { url: 'http://127.0.0.1:8900', tls: {} }],
    ['with a certificate at another address', secured, { url: 'https://10.0.0.7:8900', tls: { ca_cert_path: '/certs/router.pem' } }],
    ['of the newer kind', ['--bind', 'fd00::7', '--tls-cert', '/c'], { url: 'https://[fd00::7]:8900', tls: { ca_cert_path: '/c' } }],
    ['everywhere', ['--bind=0.0.0.0', '--tls-cert', '/c'], { url: 'https://127.0.0.1:8900', tls: { ca_cert_path: '/c' } }],
  ])('is asked of a router that stands there: %s', (_, words, where) => {
    expect(busyOf({ model, door: router(words) })).toEqual({ ...source, ...where })
  })

  test('a router that does not run here shows nobody at work', () => {
    expect(busyOf({ model, door: router([], { enabled: false }) })).toBeUndefined()
  })
})
