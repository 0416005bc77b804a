import { type DocumentSchema, type Finding, hostNames, layerDocument, type Position, service, shapeOf } from '@sanctum/contracts'
import { createFinding, quote } from '../create-finding.ts'
import { descend } from '../narrow-schema.ts'
import { suggest } from '../nearest.ts'
import { toStep } from '../to-value.ts'
import { judgeService } from './references.ts'
import { own, placeAbove, type View } from './view.ts'

/** Placeholders of a kind that does not exist, and ports of services that have none. What the host fills in is the resolver's to judge. */
export function lintPlaceholders(view: View): Finding[] {
  const findings: Finding[] = []
  for (const { text, at } of listTemplates(view)) {
    for (const [, inside] of text.matchAll(/(?<!\$)\$\{([^{}]{0,200})\}/g)) findings.push(...judge(view, inside as string, at()))
  }
  return findings
}

/** A text of which the place is only looked up when it is needed. */
export interface PlacedText {
  readonly text: string
  readonly isTemplate: boolean
  readonly service: string | null
  readonly at: () => Position | undefined
}

/** Every text in which placeholders are expanded: of services and of the layers. */
function listTemplates(view: View): PlacedText[] {
  return listTexts(view).filter(({ text, isTemplate }) => isTemplate && text.includes('${'))
}

/** Every text of services and layers. */
export function listTexts({ services, layers, at }: View): PlacedText[] {
  const texts: PlacedText[] = []
  for (const [id, value] of services)
    visit(service, value, `/services/${id}`, (text, pointer, isTemplate) =>
      texts.push({ text, isTemplate, service: id, at: () => at(pointer) }),
    )
  for (const { value, places } of layers)
    visit(layerDocument, value, '', (text, pointer, isTemplate) =>
      texts.push({ text, isTemplate, service: /^\/services\/([^/]+)/.exec(pointer)?.[1] ?? null, at: () => placeAbove(places, pointer) }),
    )
  return texts
}

type See = (text: string, pointer: string, isTemplate: boolean) => void

function visit(schema: DocumentSchema | undefined, value: unknown, pointer: string, see: See): void {
  const shape = schema && shapeOf(schema)
  if (typeof value === 'string') {
    const leaves = shape?.kind === 'union' ? shape.options.map(shapeOf) : shape ? [shape] : []
    see(
      value,
      pointer,
      leaves.some((leaf) => leaf.kind === 'leaf' && leaf.isTemplate),
    )
  } else if (Array.isArray(value))
    for (const [index, item] of value.entries()) visit(pick(schema, item, index), item, `${pointer}/${index}`, see)
  else if (value !== null && typeof value === 'object')
    for (const [key, item] of Object.entries(value)) visit(pick(schema, value, key), item, pointer + toStep(key), see)
}

/** What is below a place; of a union, the first branch that has it. */
function pick(schema: DocumentSchema | undefined, owner: unknown, step: PropertyKey): DocumentSchema | undefined {
  const shape = schema && shapeOf(schema)
  if (shape?.kind !== 'union') return descend(schema, step)
  const { discriminator } = shape
  const chosen = discriminator === null ? shape.options : shape.options.filter((option) => hasType(option, discriminator, owner))
  return chosen.map((option) => descend(option, step)).find((found) => found !== undefined)
}

function hasType(option: DocumentSchema, discriminator: string, owner: unknown): boolean {
  const literal = descend(option, discriminator)?.def
  const written = (owner as Readonly<Record<string, unknown>>)[discriminator]
  return literal !== undefined && 'values' in literal && (literal.values as unknown[]).includes(written)
}

const forms: readonly RegExp[] = [
  new RegExp(`^host\\.(?:${hostNames.join('|')})$`),
  /^paths\.[a-z][a-z0-9_]*$/,
  /^env:[A-Za-z_][A-Za-z0-9_]*$/,
  /^secret:[A-Za-z0-9._-]+$/,
]
const namespaces = ['host', 'paths', 'services', 'env', 'secret']

function judge(view: View, inside: string, at: Position | undefined): Finding[] {
  const [, id, field] = /^services\.([^.]+)\.(.+)$/.exec(inside) ?? []
  if (id !== undefined && field === 'port') return judgePort(view, id, at)
  if (forms.some((form) => form.test(inside))) return []
  const whole = quote(`\${${inside}}`)
  const fix = id === undefined ? toFix(view, inside) : `Write \${services.${id}.port}.`
  return [createFinding('UNKNOWN_PLACEHOLDER', at, `Nothing fills in ${whole}.`, fix)]
}

function judgePort(view: View, id: string, at: Position | undefined): Finding[] {
  const missing = judgeService(view, { id, at })
  const found = view.service(id)
  if (missing.length > 0 || found === undefined || (found.provides ?? []).length > 0) return missing
  if (view.layers.some(({ value }) => (own(value.services, id)?.provides ?? []).length > 0)) return []
  return [
    createFinding('PLACEHOLDER_WITHOUT_PORT', at, `${id} provides no port.`, `Give ${id} a port under provides, or name another service.`),
  ]
}

/** What the host fills in is a closed list; of the rest only the beginning is. */
function toFix({ nearest }: View, inside: string): string {
  const [, name] = /^host\.(.+)$/.exec(inside) ?? []
  if (name !== undefined) {
    const found = nearest(name, hostNames)
    return found === null ? `Write \${host.…} with one of ${hostNames.join(', ')}.` : `Did you mean \${host.${found}}?`
  }
  const [word = ''] = inside.split(/[.:]/)
  const all = 'Write ${host.*}, ${paths.*}, ${services.<id>.port}, ${env:NAME} or ${secret:name}.'
  return namespaces.includes(word) ? all : suggest(nearest, word, namespaces, all)
}
