import { type Backend, didYouMean, type Finding, hasErrors, nearestNames, type Position } from '@sanctum/contracts'
import { toWords } from '../route/choose-route.ts'
import { type Endpoint, endpointNames } from '../route/endpoints.ts'
import { isGlob } from '../route/match-glob.ts'
import { createFinding } from './create-finding.ts'
import { isAtHome, isLoopbackUrl } from './judge-address.ts'
import type { Credential, RouteDefinition, RouterDefinition, TargetDefinition } from './router-definition.ts'

export type ParsedRouter =
  | { readonly kind: 'parsed'; readonly definition: RouterDefinition; readonly findings: readonly Finding[] }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] }

/** What stands where: the steps of a path from the top of the document, such as `['backends', 'coder', 'url']`. */
export type ToPlace = (path: readonly (string | number)[], of?: 'value' | 'key') => Position | undefined

/**
 * Backends as a catalog or a file has them to the definition of a router, or to every reason why not. `defaultRoute` null: the first.
 */
export function toRouterDefinition(
  { backends, defaultRoute }: { readonly backends: Readonly<Record<string, Backend>>; readonly defaultRoute: string | null },
  toPlace: ToPlace = () => undefined,
): ParsedRouter {
  const findings: Finding[] = []
  const names = Object.keys(backends)
  if (names.length === 0)
    return {
      kind: 'invalid',
      findings: [
        createFinding(
          'NO_BACKENDS',
          toPlace(['backends']),
          'No backend is named.',
          'Add one: backends: { local: { url: http://127.0.0.1:8080/v1 } }.',
        ),
      ],
    }
  const routes = names.map((name) => toRoute(name, backends[name] as Backend, { toPlace, findings }))
  findings.push(...judgeNames(routes, toPlace), ...judgeLarger(routes, toPlace), ...judgeDefault(defaultRoute, names, toPlace))
  if (hasErrors(findings)) return { kind: 'invalid', findings }
  return { kind: 'parsed', definition: { routes, defaultRoute: defaultRoute ?? (names[0] as string) }, findings }
}

interface Context {
  readonly toPlace: ToPlace
  readonly findings: Finding[]
}

function toRoute(name: string, backend: Backend, context: Context): RouteDefinition {
  const at = (...path: (string | number)[]) => context.toPlace(['backends', name, ...path])
  context.findings.push(...judgePatterns(name, backend, at), ...judgeKeywords(name, backend, at), ...judgeLoad(name, backend, at))
  const targets = listWritten(backend).map((written, index) =>
    toTarget(`${name}/${index}`, written, { backend, index }, { ...context, at }),
  )
  context.findings.push(...judgeTwins(name, targets, at))
  if (backend.secure === true) context.findings.push(...judgeSecure(name, targets, at))
  const { slow_threshold_s: slowS, slow_trip_count: slowTrip } = backend
  return {
    name,
    description: backend.description ?? null,
    models: backend.models ?? [],
    intentKeywords: backend.intent_keywords ?? [],
    secure: backend.secure === true,
    delivery: backend.delivery ?? 'live',
    targets,
    slow: slowS === undefined ? null : { thresholdMs: slowS * 1000, tripCount: slowTrip ?? 3 },
    dailyCapCompletionTokens: backend.daily_cap_completion_tokens ?? null,
    stripThinking: backend.strip_thinking === true,
    largerContext: backend.larger_context ?? null,
    continuation: backend.continuation === true,
  }
}

type At = (...path: (string | number)[]) => Position | undefined
type Written = Exclude<NonNullable<Backend['fallback_urls']>[number], string>

/** The backend itself, then what it falls back to. */
function listWritten(backend: Backend): readonly Written[] {
  return [backend, ...(backend.fallback_urls ?? []).map((fallback) => (typeof fallback === 'string' ? { url: fallback } : fallback))]
}

/** Credentials and certificates are those of one target; nothing of them is inherited. */
function toTarget(
  id: string,
  written: Written,
  { backend, index }: { readonly backend: Backend; readonly index: number },
  { findings, at }: Context & { readonly at: At },
): TargetDefinition {
  const isPrimary = index === 0
  const here: At = isPrimary ? at : (...path) => at('fallback_urls', index - 1, ...path)
  const url = toUrl(written.url)
  if (url === null) findings.push(toBadAddress(written.url, here('url') ?? here()))
  findings.push(...judgeIdentity(id, written, here))
  const locality = toLocality(written, backend, isPrimary)
  if (locality === null && url !== null) findings.push(toUnmarked(id, written.url, here('url') ?? here()))
  const model = written.model ?? backend.default_model ?? null
  const credential = toCredential(written)
  const tls = toTls(written)
  const plain = url ?? written.url
  return {
    id,
    key: [plain, model ?? '', credential.kind === 'none' ? '' : JSON.stringify(credential), tls === null ? '' : JSON.stringify(tls)]
      .join(' ')
      .trimEnd(),
    url: plain,
    model,
    locality: locality ?? 'cloud',
    endpoints: toEndpoints(backend.endpoints, { findings, at }, isPrimary),
    // What stands in is another program, and may load what the primary cannot.
    architectures: isPrimary ? (backend.architectures ?? null) : null,
    loadTimeMs: backend.load_time_s === undefined || locality === 'cloud' ? null : backend.load_time_s * 1000,
    timeouts: {
      connectMs: backend.timeouts?.connect_ms ?? null,
      firstTokenMs: backend.timeouts?.first_token_ms ?? null,
      idleMs: backend.timeouts?.idle_ms ?? null,
      totalMs: backend.timeouts?.total_ms ?? null,
    },
    credential,
    tls,
    prefill: written.prefill === true,
    isProbed: locality === 'local' || backend.probe_cloud === true,
  }
}

/** Base address without a slash at its end; null where it is none. */
function toUrl(text: string): string | null {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '' || url.hostname === '') return null
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`
}

/** What is written stands. A public address is never local by inheritance: null where nobody marked it. */
function toLocality(written: Written, backend: Backend, isPrimary: boolean): 'local' | 'cloud' | null {
  if (written.locality !== undefined) return written.locality
  if (backend.locality === 'cloud') return 'cloud'
  if (isPrimary && backend.locality === 'local') return 'local'
  return isAtHome(URL.parse(written.url)?.hostname ?? '') ? 'local' : null
}

function toCredential({ api_key_env: variable, api_key_secret: secret }: Written): Credential {
  if (variable !== undefined) return { kind: 'environment', variable }
  return secret === undefined ? { kind: 'none' } : { kind: 'secret', name: secret }
}

function toTls({ ca_cert_path: ca, client_cert_path: cert, client_key_path: key }: Written): TargetDefinition['tls'] {
  if (ca === undefined && cert === undefined && key === undefined) return null
  return { caFile: ca ?? null, certFile: cert ?? null, keyFile: key ?? null }
}

function toEndpoints(
  written: readonly string[] | undefined,
  { findings, at }: { readonly findings: Finding[]; readonly at: At },
  isPrimary: boolean,
): readonly Endpoint[] | null {
  if (written === undefined) return null
  const known = new Set<string>(endpointNames)
  for (const [index, name] of written.entries()) {
    if (known.has(name) || !isPrimary) continue
    const fix = `Use ${endpointNames.join(', ')}.${didYouMean(nearestNames(name, endpointNames))}`
    findings.push(createFinding('UNKNOWN_VALUE', at('endpoints', index), `There is no endpoint ${name}.`, fix))
  }
  return written.filter((name): name is Endpoint => known.has(name))
}

function toBadAddress(url: string, at: Position | undefined): Finding {
  const parsed = URL.parse(url)
  const hasKey = parsed !== null && (parsed.username !== '' || parsed.password !== '' || parsed.search !== '')
  const message = hasKey ? 'The address holds credentials or a query.' : 'The address is no http or https address.'
  const fix = hasKey
    ? 'Put the key into the environment or under secrets/, and name it by api_key_env or api_key_secret.'
    : 'Write one such as http://127.0.0.1:8080/v1.'
  return createFinding('BACKEND_ADDRESS', at, message, fix)
}

function toUnmarked(id: string, url: string, at: Position | undefined): Finding {
  const host = URL.parse(url)?.host ?? url
  const fix = 'Write { url: ..., locality: cloud } if prompts may go there, or locality: local if the machine is your own.'
  return createFinding('CLOUD_UNMARKED', at, `${id} is at ${host}, a public address that nobody marked.`, fix)
}

function judgeIdentity(id: string, written: Written, here: At): Finding[] {
  const { client_cert_path: cert, client_key_path: key, ca_cert_path: ca } = written
  const half = (path: string, message: string, fix: string) => createFinding('HALF_IDENTITY', here(path) ?? here(), message, fix)
  const found: Finding[] = []
  if ((cert === undefined) !== (key === undefined)) {
    const [has, lacks] = cert === undefined ? ['client_key_path', 'client_cert_path'] : ['client_cert_path', 'client_key_path']
    found.push(half(has, `${id} has ${has}, but no ${lacks}.`, `Add ${lacks}.`))
  }
  if ((cert ?? key ?? ca) !== undefined && written.url.startsWith('http:'))
    found.push(half('url', `${id} has certificates, but its address is plain http.`, 'Write https://, or remove the certificates.'))
  if (written.api_key_env !== undefined && written.api_key_secret !== undefined)
    found.push(half('api_key_secret', `${id} has two keys.`, 'Leave one of api_key_env and api_key_secret.'))
  return found
}

/** `**` and brackets mean something to other tools and nothing here; a pattern for everything is what the default is for. */
function judgePatterns(name: string, { models = [] }: Backend, at: At): Finding[] {
  return models.flatMap((pattern, index) => {
    const why = patternProblems.find(([is]) => is(pattern))
    return why === undefined ? [] : [createFinding('BAD_PATTERN', at('models', index), `${name}: ${why[1]}`, why[2])]
  })
}

const patternProblems: readonly (readonly [(pattern: string) => boolean, string, string])[] = [
  [
    (pattern) => pattern.trim() === '' || pattern.trim() !== pattern,
    'A model name is empty, or begins or ends with a space.',
    'Write the name.',
  ],
  [(pattern) => pattern.length > 200, 'A model name is longer than 200 characters.', 'Write a shorter one, with * for the rest.'],
  [(pattern) => pattern.includes('**'), '** means nothing more than *.', 'Write one *.'],
  [(pattern) => /[[\]{}]/.test(pattern), 'Brackets and braces have no meaning in a pattern.', 'Write one pattern for each name.'],
]

function judgeKeywords(name: string, { intent_keywords: keywords = [] }: Backend, at: At): Finding[] {
  return keywords.flatMap((keyword, index) => {
    if (toWords(keyword) !== '') return []
    const message = `${name}: an intent keyword has no letter and no digit, so it would stand in every text.`
    return [createFinding('BAD_PATTERN', at('intent_keywords', index), message, 'Write a word, or remove it.')]
  })
}

/** Nothing loads in no time: requests would be refused while the model is on its way. */
function judgeLoad(name: string, { load_time_s: loadS }: Backend, at: At): Finding[] {
  if (loadS === undefined || loadS > 0) return []
  const fix = 'Write the seconds that the model needs to be in memory, or remove load_time_s.'
  return [createFinding('OUT_OF_RANGE', at('load_time_s'), `${name}: load_time_s is 0, and no model loads in no time.`, fix)]
}

function judgeTwins(name: string, targets: readonly TargetDefinition[], at: At): Finding[] {
  return targets.flatMap(({ key, url }, index) => {
    const first = targets.findIndex((other) => other.key === key)
    if (first === index) return []
    const message = `${name} has the target ${url} twice: as ${first === 0 ? 'its url' : `fallback ${first}`} and as fallback ${index}.`
    return [createFinding('DUPLICATE_TARGET', at('fallback_urls', index - 1), message, 'Remove one, or give it another model.')]
  })
}

function judgeSecure(name: string, targets: readonly TargetDefinition[], at: At): Finding[] {
  return targets.flatMap(({ url, locality }, index) => {
    if (isLoopbackUrl(url) && locality === 'local') return []
    const what = locality === 'cloud' ? 'leads to a cloud' : 'is another machine'
    const place = index === 0 ? at('url') : at('fallback_urls', index - 1)
    const fix = 'Remove the target, or drop secure: true. A secure route has targets at 127.0.0.1, [::1] or localhost only.'
    return [createFinding('SECURE_LEAVES_MACHINE', place, `${name} is secure, but ${url} ${what}.`, fix)]
  })
}

function judgeNames(routes: readonly RouteDefinition[], toPlace: ToPlace): Finding[] {
  const owners = new Map(routes.map(({ name }) => [name, name]))
  const taken: Finding[] = []
  for (const { name, models } of routes)
    for (const [index, model] of models.entries()) {
      const owner = owners.get(model) ?? name
      owners.set(model, owner)
      if (owner === name) continue
      const message = `The ${isGlob(model) ? 'pattern' : 'model'} ${model} of ${name} is taken by ${owner} already.`
      taken.push(
        createFinding(
          'ROUTE_NAME_TAKEN',
          toPlace(['backends', name, 'models', index]),
          message,
          `Remove it from ${name} or from ${owner}.`,
        ),
      )
    }
  return taken
}

function judgeLarger(routes: readonly RouteDefinition[], toPlace: ToPlace): Finding[] {
  return routes.flatMap(({ name, largerContext, secure }) => {
    if (largerContext === null) return []
    const larger = routes.find((route) => route.name === largerContext)
    if (larger && larger.name !== name && (!secure || larger.secure)) return []
    const why = !larger ? 'is no backend' : larger.name === name ? 'is the backend itself' : 'is not secure, as this one is'
    const others = routes.filter((route) => route.name !== name && (!secure || route.secure)).map((route) => route.name)
    const fix =
      others.length === 0 ? 'Remove larger_context.' : `Use one of ${others.join(', ')}.${didYouMean(nearestNames(largerContext, others))}`
    return [
      createFinding(
        'LARGER_CONTEXT',
        toPlace(['backends', name, 'larger_context']),
        `${name}: larger_context ${largerContext} ${why}.`,
        fix,
      ),
    ]
  })
}

function judgeDefault(defaultRoute: string | null, names: readonly string[], toPlace: ToPlace): Finding[] {
  if (defaultRoute === null || names.includes(defaultRoute)) return []
  const fix = `Use one of ${names.join(', ')}.${didYouMean(nearestNames(defaultRoute, names))}`
  return [createFinding('UNKNOWN_BACKEND', toPlace(['default']), `The default ${defaultRoute} is no backend.`, fix)]
}
