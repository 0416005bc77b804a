import { toWebUrl, withoutUserinfo } from '../probe-address.ts'
import { type ProbeKind, toTarget } from '../probe-kind.ts'

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
    const url = toWebUrl(probe, context)
    return url.kind === 'target' ? toTarget({ method: probe.method ?? 'GET', url: url.target }) : url
  },
  host: ({ url }) => new URL(url).hostname,
  describe: ({ method, url }) => `${method} ${withoutUserinfo(url)}`,
}
