import {
  type DocumentSchema,
  didYouMean,
  type Finding,
  type Layer,
  type LayerDocument,
  layerDocument,
  nearestNames,
  shapeOf,
} from '@sanctum/contracts'
import { type HostCode, hostFinding } from './host-finding.ts'
import { isReservedKey } from './plain-data.ts'
import { parsePath, toPointer } from './pointer.ts'
import { readText } from './read-text.ts'
import { isSecretName, isSecretText } from './secret-shapes.ts'

/** One value that a flag or a variable gives: where (dotted path or JSON pointer), the text, and who says so. */
export interface Setting {
  readonly path: string
  readonly value: string
  /** Such as `--set services.dashboard.port` or SANCTUM_PROFILE; never the value, which may be a secret. */
  readonly source: string
}

const codes = {
  flag: { unknown: 'SETTING_UNKNOWN', invalid: 'SETTING_INVALID', conflict: 'SETTINGS_CONFLICT' },
  environment: { unknown: 'VARIABLE_UNKNOWN', invalid: 'VARIABLE_INVALID', conflict: 'VARIABLES_CONFLICT' },
} as const satisfies Record<string, Record<string, HostCode>>

/**
 * The layer of flags or of variables. Each path is followed through the schema of a layer, and the text is read as what stands
 * there: numbers without exponent, `true` and `false`, lists separated by commas or as JSON. A value that looks like a secret is
 * refused and enters nothing. In the environment layer `force_flow` stands for `force-flow`, and capitals for small letters.
 */
export function settingsLayer(settings: readonly Setting[], layer: 'environment' | 'flag'): { layer: Layer; findings: readonly Finding[] } {
  const findings: Finding[] = []
  const said = new Map<
    string,
    { readonly path: readonly string[]; readonly value: unknown; readonly text: string; readonly source: string }
  >()
  for (const setting of settings) {
    const reading = readSetting(setting, layer)
    if (reading.kind === 'refused') {
      findings.push(reading.finding)
      continue
    }
    const pointer = toPointer(reading.path)
    const other = said.get(pointer)
    if (other && other.text !== setting.value)
      findings.push(
        hostFinding(codes[layer].conflict, `${other.source} and ${setting.source} give ${reading.path.join('.')} differently`, {
          subject: setting.source,
          fix: { text: `Leave one of the two out.` },
        }),
      )
    if (!other) said.set(pointer, { path: reading.path, value: reading.value, text: setting.value, source: setting.source })
  }
  return {
    layer: {
      layer,
      source: layer === 'flag' ? 'flags' : 'SANCTUM_* variables',
      value: toDocument([...said.values()]),
      places: {},
      sources: Object.fromEntries([...said].map(([pointer, { source }]) => [pointer, source])),
    },
    findings,
  }
}

type SettingReading =
  | { readonly kind: 'read'; readonly path: readonly string[]; readonly value: unknown }
  | { readonly kind: 'refused'; readonly finding: Finding }

function readSetting({ path: asked, value: text, source }: Setting, layer: 'environment' | 'flag'): SettingReading {
  const refuse = (code: HostCode, message: string, fix: string): SettingReading => ({
    kind: 'refused',
    finding: hostFinding(code, message, { subject: source, fix: { text: fix } }),
  })
  const followed = followPath(parsePath(asked), layer)
  if (followed.kind === 'unknown') {
    const { at, near } = followed
    return refuse(
      codes[layer].unknown,
      `${source} sets ${asked}, but there is no ${at.join('.')}.${didYouMean(near)}`,
      near[0] === undefined ? `Correct the path; ${describeSpelling(layer)}.` : `Write ${[...at.slice(0, -1), near[0]].join('.')}.`,
    )
  }
  const { path, schema } = followed
  if (isLiteralSecret(path, text))
    return refuse(
      'SECRET_IN_LAYER',
      `${source} gives ${path.join('.')} a value that looks like a secret`,
      'Write it to a file under secrets/ (mode 0600) and name that file under run.secrets of the service; then change the secret, since this one was shown.',
    )
  const reading = readText(schema, text)
  if (reading.kind === 'read') return { kind: 'read', path, value: reading.value }
  return refuse(
    codes[layer].invalid,
    `${source} gives ${path.join('.')} ${JSON.stringify(text.slice(0, 60))}, which is not ${reading.expected}`,
    `Give ${reading.expected}.`,
  )
}

function describeSpelling(layer: 'environment' | 'flag'): string {
  return layer === 'flag'
    ? 'it looks like services.dashboard.port'
    : 'it looks like SANCTUM_SET__services__dashboard__port, two underscores for a dot'
}

function isLiteralSecret(path: readonly string[], text: string): boolean {
  return isSecretText(text) || (path.at(-2) === 'env' && isSecretName(path.at(-1) ?? '') && text !== '' && !text.startsWith('/'))
}

type Followed =
  | { readonly kind: 'found'; readonly path: readonly string[]; readonly schema: DocumentSchema }
  | { readonly kind: 'unknown'; readonly at: readonly string[]; readonly near: readonly string[] }

function followPath(keys: readonly string[], layer: 'environment' | 'flag'): Followed {
  let options: readonly DocumentSchema[] = [layerDocument]
  const path: string[] = []
  for (const key of keys) {
    const steps = options.flatMap((schema) => stepInto(schema, key, layer))
    const [first] = steps
    if (!first) return { kind: 'unknown', at: [...path, key], near: nearestNames(key, new Set(options.flatMap(fieldNames))) }
    path.push(first.key)
    options = steps.map(({ schema }) => schema)
  }
  const [schema] = options
  return schema && path.length > 0 ? { kind: 'found', path, schema } : { kind: 'unknown', at: path, near: [] }
}

function stepInto(schema: DocumentSchema, key: string, layer: 'environment' | 'flag'): { key: string; schema: DocumentSchema }[] {
  if (isReservedKey(key)) return []
  const shape = shapeOf(schema)
  if (shape.kind === 'union') return shape.options.flatMap((option) => stepInto(option, key, layer))
  const spellings = layer === 'flag' ? [key] : [key, key.toLowerCase(), key.toLowerCase().replaceAll('_', '-')]
  if (shape.kind === 'object') {
    const name = spellings.find((spelling) => shape.fields.has(spelling))
    return name === undefined ? [] : [{ key: name, schema: shape.fields.get(name) as DocumentSchema }]
  }
  if (shape.kind !== 'record') return []
  const name = spellings.find((spelling) => shape.key.safeParse(spelling).success)
  return name === undefined ? [] : [{ key: name, schema: shape.value }]
}

function fieldNames(schema: DocumentSchema): string[] {
  const shape = shapeOf(schema)
  if (shape.kind === 'union') return shape.options.flatMap(fieldNames)
  return shape.kind === 'object' ? [...shape.fields.keys()] : []
}

type Tree = Map<string, Tree | { readonly value: unknown }>

function toDocument(settings: readonly { readonly path: readonly string[]; readonly value: unknown }[]): LayerDocument {
  const root: Tree = new Map()
  for (const { path, value } of settings) {
    let branch = root
    for (const key of path.slice(0, -1)) {
      const below = branch.get(key)
      const next: Tree = below instanceof Map ? below : new Map()
      branch.set(key, next)
      branch = next
    }
    branch.set(path.at(-1) as string, { value })
  }
  // A setting may give a part of what a file must give whole; what comes of all layers together is asked later.
  return toObject(root) as LayerDocument
}

function toObject(tree: Tree): Record<string, unknown> {
  return Object.fromEntries([...tree].map(([key, below]) => [key, below instanceof Map ? toObject(below) : below.value]))
}
