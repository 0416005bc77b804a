import { parseSync } from 'oxc-parser'

/**
 * Why whoever uses a declaration is broken by its new form; nothing where every use of the old one holds. Both are text as `readApi` gives
 * it. Order, names of parameters and what is optional and new are no matter of a user; what is gone, newly required or narrower is.
 */
export function findFormBreaks(before: string, after: string): readonly string[] {
  const [old, now] = [readForm(before), readForm(after)]
  if (old === null || now === null) return flat(before) === flat(after) ? [] : ['it has another form']
  if (old.kind === 'names' && now.kind === 'names')
    return old.names.filter((name) => !now.names.includes(name)).map((name) => `${name} is gone`)
  if (old.kind === 'nodes' && now.kind === 'nodes') return compareDeclarations(old.nodes, now.nodes)
  return ['it is something else']
}

/** Who sets a value of a form: the package, its user, or either. */
type Side = 'given' | 'taken' | 'either'

const flipped: Readonly<Record<Side, Side>> = { given: 'taken', taken: 'given', either: 'either' }

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

type Form = { readonly kind: 'names'; readonly names: readonly string[] } | { readonly kind: 'nodes'; readonly nodes: readonly Node[] }

function readForm(text: string): Form | null {
  const whole = /^\* \{ (.*) \}$/.exec(text)
  if (whole !== null) return { kind: 'names', names: String(whole[1]).split(', ') }
  const declared = text.replaceAll(
    /^(?:export )?(?:default )?(?:declare )?(?=(?:abstract )?class |const |let |var |function |enum |namespace )/gm,
    'declare ',
  )
  const { program, errors } = parseSync('form.d.ts', declared)
  return errors.length > 0 ? null : { kind: 'nodes', nodes: program.body as unknown as readonly Node[] }
}

/** Of a name that is declared several times each old one holds by some new one: overloads may be added. */
function compareDeclarations(old: readonly Node[], now: readonly Node[]): readonly string[] {
  const paired = old.length === 1 && now.length === 1
  return old.flatMap((one) => {
    const found = now.map((other) => compareDeclaration(one, other))
    if (found.some((breaks) => breaks.length === 0)) return []
    return paired ? (found[0] as readonly string[]) : ['a form of it is gone']
  })
}

function compareDeclaration(old: Node, now: Node): readonly string[] {
  if (old.type !== now.type) return ['it is something else']
  const names = alike(old['typeParameters'], now['typeParameters'])
  if (names === null) return ['its type parameters differ']
  const to = rename(now, names)
  switch (old.type) {
    case 'TSInterfaceDeclaration':
      return [
        ...(same(old['extends'], to['extends']) ? [] : ['it extends something else']),
        ...compareMembers(membersOf(old['body']), membersOf(to['body']), 'either'),
      ]
    case 'TSTypeAliasDeclaration':
      return compare(old['typeAnnotation'], to['typeAnnotation'], 'either')
    case 'TSDeclareFunction':
    case 'FunctionDeclaration':
      return compareFunctions(old, to, 'given')
    case 'ClassDeclaration':
      return [
        ...(['superClass', 'superTypeArguments'].every((field) => same(old[field], to[field])) ? [] : ['it extends something else']),
        ...(old['abstract'] !== true && to['abstract'] === true ? ['it is abstract now'] : []),
        ...compareMembers(membersOf(old['body']), membersOf(to['body']), 'given'),
      ]
    case 'VariableDeclaration': {
      const [a, b] = [old, to].map((node) => (node['declarations'] as readonly Node[])[0] as Node) as [Node, Node]
      if (!same(a['init'], b['init'])) return ['its value differs']
      return compare(annotationOf(a['id']), annotationOf(b['id']), 'given')
    }
    default:
      return same(old, to) ? [] : ['it has another form']
  }
}

/** Types, one against the other. */
function compare(before: unknown, after: unknown, side: Side): readonly string[] {
  const [old, now] = [bare(before), bare(after)]
  if (old === null || now === null || same(old, now)) return same(old, now) ? [] : ['its type differs']
  if (old.type === 'TSUnionType' || now.type === 'TSUnionType') return compareUnions(choicesOf(old), choicesOf(now), side)
  if (old.type !== now.type) return ['its type differs']
  switch (old.type) {
    case 'TSTypeLiteral':
      return compareMembers(membersOf(old), membersOf(now), side)
    case 'TSFunctionType':
      return compareFunctions(old, now, side)
    case 'TSArrayType':
      return compare(old['elementType'], now['elementType'], side)
    case 'TSTypeOperator':
      return old['operator'] === now['operator'] ? compare(old['typeAnnotation'], now['typeAnnotation'], side) : ['its type differs']
    case 'TSTypeReference':
      return same(old['typeName'], now['typeName'])
        ? compareLists(argumentsOf(old), argumentsOf(now), referenceSide(old, side))
        : ['its type differs']
    case 'TSTupleType':
    case 'TSIntersectionType': {
      const field = old.type === 'TSTupleType' ? 'elementTypes' : 'types'
      return compareLists(old[field] as readonly Node[], now[field] as readonly Node[], side)
    }
    default:
      return ['its type differs']
  }
}

function compareLists(old: readonly unknown[], now: readonly unknown[], side: Side): readonly string[] {
  return old.length === now.length ? old.flatMap((one, index) => compare(one, now[index], side)) : ['its type differs']
}

/** What is held by these is given as they are; of every other type nobody knows here what it does with its arguments. */
function referenceSide({ typeName }: Node, side: Side): Side {
  return ['Promise', 'ReadonlyArray', 'Readonly', 'ReadonlyMap', 'ReadonlySet', 'Iterable'].includes(nameOf(typeName)) ? side : 'either'
}

/** Who reads a value has to know each choice, and who sets one may go on with each that there was. */
function compareUnions(old: readonly Node[], now: readonly Node[], side: Side): readonly string[] {
  const lacks = (these: readonly Node[], others: readonly Node[], isOld: boolean) =>
    these.some((one) => !others.some((other) => (isOld ? compare(one, other, side) : compare(other, one, side)).length === 0))
  if (side !== 'given' && lacks(old, now, true)) return ['a choice is gone or differs']
  return side !== 'taken' && lacks(now, old, false) ? ['a choice is new or differs'] : []
}

interface Member {
  readonly isOptional: boolean
  readonly isReadonly: boolean
  readonly isProtected: boolean
  /** Whoever extends the class has to write it. */
  readonly isAbstract: boolean
  readonly type: unknown
}

function compareMembers(old: ReadonlyMap<string, Member>, now: ReadonlyMap<string, Member>, side: Side): readonly string[] {
  const kept = [...old].flatMap(([key, one]) => {
    const other = now.get(key)
    if (other === undefined) return [`${key} is gone`]
    if (one.isOptional && !other.isOptional && side !== 'given') return [`${key} is required now`]
    if (!one.isOptional && other.isOptional && side !== 'taken') return [`${key} may be missing now`]
    if (!one.isReadonly && other.isReadonly && side !== 'taken') return [`${key} may not be set any more`]
    if (!one.isProtected && other.isProtected) return [`${key} is protected now`]
    if (!one.isAbstract && other.isAbstract) return [`${key} is abstract now`]
    return compare(one.type, other.type, side).map((why) => `${key}: ${why}`)
  })
  const isAsked = ({ isOptional, isAbstract }: Member) => (side === 'given' ? isAbstract : !isOptional)
  return [...kept, ...[...now].flatMap(([key, member]) => (old.has(key) || !isAsked(member) ? [] : [`${key} is new and required`]))]
}

function compareFunctions(old: Node, now: Node, side: Side): readonly string[] {
  const names = alike(old['typeParameters'], now['typeParameters'])
  if (names === null) return ['its type parameters differ']
  const to = rename(now, names)
  const [before, after] = [old, to].map((node) => (node['params'] as readonly Node[]).map(toParameter)) as [Parameter[], Parameter[]]
  return [
    ...before.flatMap((one, index) => {
      const other = after[index]
      const place = `parameter ${index + 1}`
      if (other === undefined) return [`${place} is gone`]
      if (one.isRest !== other.isRest) return [`${place} differs`]
      if (one.isOptional && !other.isOptional) return [`${place} is required now`]
      // Who wrote a function to be called so counts on getting it.
      if (!one.isOptional && other.isOptional && side !== 'given') return [`${place} may be missing now`]
      return compare(one.type, other.type, flipped[side]).map((why) => `${place}: ${why}`)
    }),
    ...after
      .slice(before.length)
      .flatMap(({ isOptional, isRest }, index) =>
        isOptional || isRest ? [] : [`parameter ${before.length + index + 1} is new and required`],
      ),
    ...compare(inside(old['returnType']), inside(to['returnType']), side).map((why) => `result: ${why}`),
  ]
}

interface Parameter {
  readonly isOptional: boolean
  readonly isRest: boolean
  readonly type: unknown
}

function toParameter(node: Node): Parameter {
  const named = node.type === 'TSParameterProperty' ? (node['parameter'] as Node) : node
  return { isOptional: named['optional'] === true, isRest: named.type === 'RestElement', type: annotationOf(named) }
}

/** By name; what has none goes by what it is, and calls that are alike go by their order. Private members are nobody's matter. */
function membersOf(body: unknown): ReadonlyMap<string, Member> {
  const { members, body: inner } = (body ?? {}) as { readonly members?: readonly Node[]; readonly body?: readonly Node[] }
  const made = new Map<string, Member>()
  for (const node of members ?? inner ?? []) {
    const key = node['key'] as Node | undefined
    if (node['accessibility'] === 'private' || key?.type === 'PrivateIdentifier') continue
    const base = key === undefined ? node.type : `${node['static'] === true ? 'static ' : ''}${nameOf(key)}`
    const count = [...made.keys()].filter((name) => name === base || name.startsWith(`${base} #`)).length
    made.set(count === 0 ? base : `${base} #${count + 1}`, toMember(node))
  }
  return made
}

function toMember(node: Node): Member {
  const isProperty = /^(TSPropertySignature|PropertyDefinition|TSAbstractPropertyDefinition)$/.test(node.type)
  const type = isProperty ? inside(node['typeAnnotation']) : toCall(node)
  // A schema says of a key that it may be missing by what it wraps its value in.
  const isLoose = isProperty && /^Zod(Optional|ExactOptional|Default|Prefault)$/.test(nameOf(bare(type)?.['typeName']).replace(/^z\./, ''))
  return {
    isOptional: node['optional'] === true || isLoose,
    isReadonly: node['readonly'] === true,
    isProtected: node['accessibility'] === 'protected',
    isAbstract: node.type.startsWith('TSAbstract'),
    type,
  }
}

/** A method as the function that it is; an index or the like as it stands. */
function toCall(node: Node): unknown {
  const made = (node['value'] ?? node) as Node
  if (!Array.isArray(made['params'])) return node
  return { type: 'TSFunctionType', params: made['params'], returnType: made['returnType'], typeParameters: made['typeParameters'] }
}

/** New names of type parameters by old ones; null where they are not alike. One with a default may be added. */
function alike(before: unknown, after: unknown): ReadonlyMap<string, string> | null {
  const [old, now] = [before, after].map((list) => ((list as Node | null | undefined)?.['params'] ?? []) as readonly Node[]) as [
    readonly Node[],
    readonly Node[],
  ]
  if (now.length < old.length || now.slice(old.length).some((node) => node['default'] == null)) return null
  const names = new Map(old.map((node, index) => [nameOf((now[index] as Node)['name']), nameOf(node['name'])]))
  const isAlike = old.every((node, index) => {
    const other = rename(now[index] as Node, names)
    return same(node['constraint'], other['constraint']) && (node['default'] == null || same(node['default'], other['default']))
  })
  return isAlike ? names : null
}

/** The same with names of types replaced. */
function rename<T>(value: T, names: ReadonlyMap<string, string>): T {
  if ([...names].every(([from, to]) => from === to)) return value
  if (Array.isArray(value)) return value.map((each) => rename(each, names)) as T
  if (typeof value !== 'object' || value === null) return value
  // A key that is spelt like a type parameter is none.
  const node = Object.fromEntries(Object.entries(value).map(([field, each]) => [field, field === 'key' ? each : rename(each, names)]))
  return (node['type'] === 'Identifier' ? { ...node, name: names.get(String(node['name'])) ?? node['name'] } : node) as T
}

function choicesOf(node: Node): readonly Node[] {
  if (node.type !== 'TSUnionType') return [node]
  return (node['types'] as readonly unknown[]).flatMap((each) => choicesOf(bare(each) as Node))
}

function argumentsOf(node: Node): readonly unknown[] {
  return ((node['typeArguments'] as Node | null | undefined)?.['params'] ?? []) as readonly unknown[]
}

function annotationOf(node: unknown): unknown {
  return inside((node as Node | null | undefined)?.['typeAnnotation'])
}

/** The type of an annotation. */
function inside(annotation: unknown): unknown {
  const node = annotation as Node | null | undefined
  return node?.type === 'TSTypeAnnotation' ? node['typeAnnotation'] : (node ?? null)
}

/** Without parentheses, and an import in place as the name that it imports. */
function bare(type: unknown): Node | null {
  const node = type as Node | null | undefined
  if (node == null) return null
  if (node.type === 'TSParenthesizedType') return bare(node['typeAnnotation'])
  if (node.type === 'TSImportType' && node['qualifier'] != null)
    return { type: 'TSTypeReference', typeName: node['qualifier'], typeArguments: node['typeArguments'] ?? null }
  return node
}

/** Of an identifier, a dotted name or a key. */
function nameOf(value: unknown): string {
  const node = (value ?? {}) as Node
  if (typeof value === 'string') return value
  if (node.type === 'TSQualifiedName') return `${nameOf(node['left'])}.${nameOf(node['right'])}`
  return String(node['name'] ?? node['value'] ?? (node.type === undefined ? '' : JSON.stringify(toPlain(node))))
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(toPlain(a)) === JSON.stringify(toPlain(b))
}

/** Without places and quotes, and without the names of parameters. */
function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain)
  if (typeof value !== 'object' || value === null) return value ?? null
  const node = bare(value) as Node
  const fields = Object.entries(node).filter(([field, each]) => !places.has(field) && each !== undefined)
  const plain = fields.map(([field, each]) => [field, field === 'params' && isFunction(node) ? toPlainParameters(each) : toPlain(each)])
  return Object.fromEntries(plain.sort(([x], [y]) => (String(x) < String(y) ? -1 : 1)))
}

const places = new Set(['start', 'end', 'range', 'loc', 'raw', 'parent'])

function isFunction({ type }: Node): boolean {
  return /Function|Signature|Method/.test(type)
}

function toPlainParameters(params: unknown): unknown {
  return (params as readonly Node[]).map((node) => {
    const { isOptional, isRest, type } = toParameter(node)
    return { isOptional, isRest, type: toPlain(type) }
  })
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
