import type { Finding, RecordedExample } from '@sanctum/contracts'
import { describePiece, type Expectation, type Provision } from './list-pieces.ts'
import { type Mismatch, matchShape } from './match-shape.ts'
import { contractFinding, placeIn, type RepoContract } from './repo-contract.ts'

/** What came when a recorded example was asked again. */
export type Replayed =
  | { readonly kind: 'answered'; readonly status: number; readonly contentType: string | null; readonly body: string }
  | { readonly kind: 'silent'; readonly why: string }
  /** It was not asked, since that could change something there. */
  | { readonly kind: 'withheld' }

/**
 * Whether an example may be asked of a role that works for somebody: GET and HEAD always; another method only of an endpoint that its
 * provider marks as safe, and by who agreed to it.
 */
export function mayReplay({ request }: RecordedExample, endpoint: Provision['endpoint'], isAgreed: boolean): boolean {
  const method = request.method ?? 'GET'
  return method === 'GET' || method === 'HEAD' || (isAgreed && endpoint?.isSafe === true && endpoint.method === method)
}

/** Where an answer differs in shape from the recorded one; none where the consumer can live with it. */
export function judgeAnswer({ response }: RecordedExample, answer: Extract<Replayed, { kind: 'answered' }>): Mismatch[] {
  const { status, content_type, body, matching } = response
  if (answer.status !== status) return [{ place: 'status', expected: String(status), observed: String(answer.status) }]
  const type = answer.contentType?.split(';')[0]?.trim().toLowerCase() ?? 'none'
  if (content_type !== undefined && type !== content_type.toLowerCase())
    return [{ place: 'content-type', expected: content_type, observed: type }]
  if (body === undefined) return []
  const read = parse(answer.body)
  return read.kind === 'read'
    ? matchShape(body, read.value, matching)
    : [{ place: '$', expected: 'JSON', observed: answer.body.slice(0, 60) }]
}

/** The findings of one replay: of silence one, of a wrong shape one for each place. Both sides and their owners are named. */
export function toReplayFindings(
  consumer: RepoContract,
  expectation: Expectation,
  { index, provision, answer }: { readonly index: number; readonly provision: Pick<Provision, 'owner'>; readonly answer: Replayed },
): Finding[] {
  const at = placeIn(consumer, [...expectation.path, 'examples', String(index)])
  const example = expectation.examples[index] as RecordedExample
  const asked = `${example.request.method ?? 'GET'} ${example.request.path}`
  const sides = `${consumer.document.repository} (${expectation.owner}) relies on ${describePiece(expectation)} of ${expectation.from} (${provision.owner})`
  if (answer.kind === 'withheld')
    return [
      contractFinding('CONTRACT_PROVIDER_SILENT', `${sides}, and ${asked} was not asked, since it may change something there.`, {
        at,
        fix: {
          text: `${provision.owner} of ${expectation.from} says safe: true of the endpoint where asking it changes nothing; then verify it with --yes.`,
        },
      }),
    ]
  if (answer.kind === 'silent')
    return [
      contractFinding('CONTRACT_PROVIDER_SILENT', `${sides}, and ${asked} was not answered: ${answer.why}.`, {
        at,
        fix: { text: `Start ${expectation.from}, or name where it answers with --against.` },
      }),
    ]
  return judgeAnswer(example, answer).map(({ place, expected, observed }) =>
    contractFinding('CONTRACT_SHAPE_BROKEN', `${sides}, but ${asked} answers another shape at ${place}.`, {
      at,
      evidence: { expected, observed },
      fix: {
        text: `${provision.owner} of ${expectation.from} gives the answer its shape back, or ${expectation.owner} records the example anew.`,
      },
    }),
  )
}

function parse(text: string): { readonly kind: 'read'; readonly value: unknown } | { readonly kind: 'unreadable' } {
  try {
    return { kind: 'read', value: JSON.parse(text) }
  } catch {
    return { kind: 'unreadable' }
  }
}
