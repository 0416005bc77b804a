import type { Surface } from '@sanctum/contracts'

/** The digest port: SHA-256 of a text, hexadecimal. `./node` has the real one. */
export type Digest = (text: string) => string

/** A text surface that is only read from `current`. Without a digest given, it is taken over the content by `digest`. */
export function buildSurface(digest: Digest, overrides: Partial<Surface> = {}): Surface {
  const content = overrides.content ?? 'title: a test\n'
  return {
    target: 'runtime-manifests',
    subject: 'test',
    path: 'services/test.yaml',
    publish: null,
    mode: '0644',
    digest: digest(content),
    unit: null,
    ...overrides,
    content,
  }
}
