import { toWebUrl, withoutUserinfo } from '../probe-address.ts'
import { type ProbeKind, toTarget } from '../probe-kind.ts'

export interface ChatTarget {
  readonly url: string
  readonly body: string
}

const PROMPT = 'Answer with one word: ready'
/** A model that reasons spends its first tokens on that. */
const BUDGET = 256

/** One at a time: a model that is asked by several probes at once answers each of them later. */
export const chatKind: ProbeKind<'chat', ChatTarget> = {
  type: 'chat',
  title: 'a token of a model',
  needsNetwork: true,
  concurrency: 1,
  seesHang: true,
  suits: ['daemon', 'container', 'external'],
  aim(probe, context) {
    const { model, prompt = PROMPT, max_tokens = BUDGET } = probe
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: prompt }], max_tokens, stream: true })
    const url = toWebUrl({ ...probe, path: probe.path ?? '/v1/chat/completions' }, context)
    return url.kind === 'target' ? toTarget({ url: url.target, body }) : url
  },
  host: ({ url }) => new URL(url).hostname,
  describe: ({ url }) => `a token from ${withoutUserinfo(url)}`,
}
