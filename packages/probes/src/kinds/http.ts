import { findProvision, toUrlHost } from '../probe-address.ts'
import { noTarget, type ProbeKind, type ProbeOf, toTarget } from '../probe-kind.ts'

export interface HttpTarget {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly url: string
}

export const httpKind: ProbeKind<'http', HttpTarget> = {
  type: 'http',
  title: 'an answer over HTTP',
  needsNetwork: true,
  concurrency: 64,
  seesHang: true,
  suits: ['daemon', 'container', 'external', 'network'],
  aim(probe, context) {
    const method = probe.method ?? 'GET'
    if (probe.url !== undefined) return aimAtUrl(probe, probe.url, method)
    const provision = findProvision(context, probe.port)
    if (provision === null) return noTarget('it has neither a URL nor a port to ask')
    const scheme = provision.security !== 'plain' || probe.tls !== undefined ? 'https' : 'http'
    return toTarget({ method, url: `${scheme}://${toUrlHost(provision.address)}:${provision.port}${probe.path ?? '/'}` })
  },
  host: ({ url }) => new URL(url).hostname,
  describe: ({ method, url }) => `${method} ${withoutUserinfo(url)}`,
}

function aimAtUrl(probe: ProbeOf<'http'>, given: string, method: HttpTarget['method']): ReturnType<typeof httpKind.aim> {
  const url = URL.parse(given)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return noTarget('its URL is none of http or https')
  if (probe.port !== undefined) url.port = String(probe.port)
  return toTarget({ method, url: probe.path === undefined ? url.href : new URL(probe.path, url).href })
}

function withoutUserinfo(text: string): string {
  const url = new URL(text)
  url.username = ''
  url.password = ''
  return url.href
}
