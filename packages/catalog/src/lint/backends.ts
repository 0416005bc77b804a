import type { Backend, Finding } from '@sanctum/contracts'
import { createFinding } from '../create-finding.ts'
import { listTexts } from './placeholders.ts'
import { placeAbove, type View } from './view.ts'

/** Private routes that leave the haus, chains that cannot help, ports written twice, and fallbacks that nothing leads to. */
export function lintBackends(view: View): Finding[] {
  return [
    ...listBackends(view).flatMap((placed) => [...lintSecure(placed), ...lintChain(view, placed)]),
    ...lintCopies(view),
    ...lintFallbacks(view),
  ]
}

interface Placed {
  readonly name: string
  readonly backend: Backend
  readonly at: (pointer: string) => ReturnType<View['at']>
}

function listBackends(view: View): Placed[] {
  const own = view.services.map(([id, { backends }]) => ({
    backends,
    at: (pointer: string) => view.at(`/services/${id}/backends${pointer}`),
  }))
  const patched = view.layers.flatMap(({ value, places }) =>
    Object.entries(value.services ?? {}).map(([id, { backends }]) => ({
      backends,
      at: (pointer: string) => placeAbove(places, `/services/${id}/backends${pointer}`),
    })),
  )
  return [...own, ...patched].flatMap(({ backends, at }) =>
    Object.entries(backends ?? {}).map(([name, backend]) => ({ name, backend, at: (pointer: string) => at(`/${name}${pointer}`) })),
  )
}

type Target = Pick<Backend, 'url' | 'locality' | 'client_cert_path' | 'client_key_path'> & { readonly at: () => ReturnType<View['at']> }

/** The backend itself, then what it falls back to. */
function listTargets({ backend, at }: Placed): readonly [Target, ...Target[]] {
  const fallbacks = (backend.fallback_urls ?? []).map((target, index): Target => {
    const place = () => at(`/fallback_urls/${index}`)
    return typeof target === 'string' ? { url: target, at: place } : { ...target, at: place }
  })
  return [{ ...backend, at: () => at('/url') }, ...fallbacks]
}

function lintSecure(placed: Placed): Finding[] {
  const { name, backend } = placed
  if (backend.secure !== true) return []
  return listTargets(placed)
    .filter(({ url, locality }) => locality === 'cloud' || (locality === undefined && isPublic(url)))
    .map((target) =>
      createFinding(
        'SECURE_LEAVES_HAUS',
        target.at(),
        `The backend ${name} is secure, but this address is outside of the haus.`,
        'Remove the address, or drop secure: true.',
      ),
    )
}

/** Targets that are the server before them, and such that ask a service here in a way in which it does not answer. */
function lintChain(view: View, placed: Placed): Finding[] {
  const targets = listTargets(placed)
  const servers = targets.map(({ url }) => toServer(url))
  return targets.flatMap((target, index) => [
    ...(servers.indexOf(servers[index] as string) === index ? [] : [toSameServer(placed, target)]),
    ...judgeProtocol(view, placed, target),
  ])
}

/** Host and port, as written. */
function toServer(url: string): string {
  return url.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '')
}

function toSameServer({ name }: Placed, { url, at }: Target): Finding {
  const message = `The backend ${name} falls back to ${toServer(url)}, which it has asked before.`
  return createFinding('FALLBACK_SAME_SERVER', at(), message, 'Lead it to another server, or remove it.')
}

function judgeProtocol(view: View, { name }: Placed, target: Target): Finding[] {
  const [, scheme, id = ''] = /^(https?):\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\$\{services\.([^.}]{1,64})\.port\}/.exec(target.url) ?? []
  const security = view.service(id)?.provides?.[0]?.security ?? 'plain'
  if (scheme === undefined || view.service(id) === undefined) return []
  const wanted = security === 'plain' ? 'http' : 'https'
  const isBare = security === 'mtls' && (target.client_cert_path === undefined || target.client_key_path === undefined)
  if (scheme === wanted && !isBare) return []
  const fix = scheme === wanted ? 'Add client_cert_path and client_key_path.' : `Write ${wanted}:// in place of ${scheme}://.`
  return [createFinding('BACKEND_PROTOCOL', target.at(), `${id} answers by ${security}, and the backend ${name} does not ask so.`, fix)]
}

/** A name with a dot that is neither an address nor a private zone. */
function isPublic(url: string): boolean {
  const [, host = ''] = /^[a-z]+:\/\/(?:[^/@]*@)?([^/:?#]+)/i.exec(url) ?? []
  return (
    host.includes('.') &&
    !/^[\d.]+$/.test(host) &&
    !host.includes('$') &&
    !/\.(?:local|lan|internal|home\.arpa|ts\.net|localhost)$/i.test(host)
  )
}

function lintCopies(view: View): Finding[] {
  const owners = listOwners(view)
  return listTexts(view)
    .filter(({ isTemplate, text }) => isTemplate && text.includes(':'))
    .flatMap(({ text, at }) => {
      const [, , digits] = /\/\/(127\.0\.0\.1|localhost|\[::1\]):(\d{2,5})(?!\d)/.exec(text) ?? []
      const owner = owners.get(Number(digits)) ?? null
      if (owner === null) return []
      return [
        createFinding(
          'PORT_COPIED',
          at(),
          `Port ${digits} is that of ${owner}, written out.`,
          `Write \${services.${owner}.port} in place of ${digits}.`,
        ),
      ]
    })
}

/** The only service with a port; null where several have it, on different nodes. */
function listOwners({ services }: View): ReadonlyMap<number, string | null> {
  const owners = new Map<number, string | null>()
  for (const [id, { provides }] of services)
    for (const { port } of provides ?? []) owners.set(port, owners.has(port) && owners.get(port) !== id ? null : id)
  return owners
}

/** A backend, a requirement or a remediation leads to a fallback by its id or its port. */
function lintFallbacks(view: View): Finding[] {
  const fallbacks = view.services.filter(([, { fallback_only }]) => fallback_only === true)
  if (!view.whole || fallbacks.length === 0) return []
  const reached = listReached(view)
  const isReached = (name: string | number, id: string) => [...(reached.get(String(name)) ?? [])].some((by) => by !== id)
  return fallbacks
    .filter(([id, { provides }]) => !isReached(id, id) && !provides?.some(({ port }) => isReached(port, id)))
    .map(([id, { provides }]) =>
      createFinding(
        'FALLBACK_UNREACHED',
        view.at(`/services/${id}/fallback_only`),
        `Nothing leads to ${id}, which does not start by itself.`,
        provides?.length
          ? `Add http://127.0.0.1:\${services.${id}.port} to the fallback_urls of a backend, or remove fallback_only.`
          : `Give ${id} a port under provides and name it in the fallback_urls of a backend, or remove fallback_only.`,
      ),
    )
}

/** Ids and ports that are named somewhere, and by whom; two of those are enough to know. */
function listReached(view: View): ReadonlyMap<string, ReadonlySet<string>> {
  const reached = new Map<string, Set<string>>()
  const note = (name: string, by: string) => {
    const known = reached.get(name) ?? new Set()
    if (known.size < 2) reached.set(name, known.add(by))
  }
  for (const { from, to } of view.edges) note(to, from)
  for (const { text, service } of listTexts(view)) {
    for (const [, id] of text.matchAll(/\$\{services\.([^.}]{1,64})\.port\}/g)) note(id as string, service ?? '')
    for (const [, port] of text.matchAll(/:(\d{2,5})(?!\d)/g)) note(port as string, service ?? '')
  }
  return reached
}
