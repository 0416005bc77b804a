import { compareText } from '@sanctum/contracts'
import { type RoleName, type RouterOptions, roleNames } from './role.ts'

export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'role'
      readonly role: RoleName
      readonly home: string | null
      readonly port: number | null
      readonly cycleS: number | null
      readonly router?: RouterOptions
    }
  | { readonly kind: 'wrong'; readonly message: string; readonly hint: string }

interface Given {
  home: string | null
  port: number | null
  cycleS: number | null
  router: {
    config: string | null
    tokenFile: string | null
    bind: string
    certFile: string | null
    keyFile: string | null
    attached: boolean
  }
}

/** What was asked of `sanctumd`. Every wrong line says what is wrong and what was likely meant. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  if (argv.includes('--help') || argv.includes('-h') || argv[0] === 'help') return { kind: 'help' }
  if (argv.includes('--version')) return { kind: 'version' }
  const [role, ...rest] = argv
  if (role === undefined) return wrong('no role was given', `Give one of ${roleNames.join(', ')}.`)
  const known = roleNames.find((name) => name === role)
  if (known === undefined) return wrong(`there is no role ${JSON.stringify(role)}`, suggest(role, roleNames))
  const router = { config: null, tokenFile: null, bind: '127.0.0.1', certFile: null, keyFile: null, attached: false }
  const given: Given = { home: null, port: null, cycleS: null, router }
  const problem = readOptions(rest, given, known === 'router' ? { ...options, ...routerOptions } : options)
  if (problem !== null) return problem
  const { router: asked, ...common } = given
  return known === 'router' ? toRouter(common, asked) : { kind: 'role', role: known, ...common }
}

/** A certificate without its key is as little as none. */
function toRouter(common: Omit<Given, 'router'>, { certFile, keyFile, ...rest }: Given['router']): CommandLine {
  if ((certFile === null) !== (keyFile === null))
    return wrong(`${certFile === null ? '--tls-key' : '--tls-cert'} stands alone`, 'Give --tls-cert and --tls-key together.')
  const tls = certFile === null || keyFile === null ? null : { certFile, keyFile }
  return { kind: 'role', role: 'router', ...common, router: { ...rest, tls } }
}

type Read = (value: string, given: Given) => string | null

const readPath =
  (name: 'config' | 'tokenFile' | 'certFile' | 'keyFile'): Read =>
  (value, { router }) => {
    router[name] = value
    return value.startsWith('/') ? null : 'an absolute path'
  }

const routerOptions: Readonly<Record<string, Read>> = {
  '--config': readPath('config'),
  '--token-file': readPath('tokenFile'),
  '--tls-cert': readPath('certFile'),
  '--tls-key': readPath('keyFile'),
  '--bind': (value, { router }) => {
    router.bind = value
    return /^[0-9a-fA-F.:]+$/.test(value) ? null : 'an address of this machine, such as 127.0.0.1'
  },
}

const options: Readonly<Record<string, Read>> = {
  '--home': (value, given) => {
    given.home = value
    return value.startsWith('/') ? null : 'an absolute folder'
  },
  '--port': (value, given) => {
    given.port = Number(value)
    return /^\d{1,5}$/.test(value) && given.port >= 1 && given.port <= 65_535 ? null : 'a number from 1 to 65535'
  },
  '--cycle': (value, given) => {
    given.cycleS = Number(value)
    return /^\d+(\.\d+)?$/.test(value) && given.cycleS >= 0.05 && given.cycleS <= 3600 ? null : 'seconds from 0.05 to 3600'
  },
}

/** Says nothing else, so it takes no value. */
const ATTACHED = '--attached'

/** The long options of a role. */
export function listRoleOptions(role: RoleName): readonly string[] {
  return role === 'router' ? [...Object.keys(options), ...Object.keys(routerOptions), ATTACHED] : Object.keys(options)
}

function readOptions(words: readonly string[], given: Given, options: Readonly<Record<string, Read>>): CommandLine | null {
  if (Object.hasOwn(options, '--config')) given.router.attached = words.includes(ATTACHED)
  const valued = given.router.attached ? words.filter((word) => word !== ATTACHED) : words
  const split = valued.flatMap((word) =>
    /^--[a-z-]+=/.test(word) ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word],
  )
  for (let index = 0; index < split.length; index += 2) {
    const name = split[index] as string
    const value = split[index + 1]
    const read = Object.hasOwn(options, name) ? options[name] : undefined
    if (read === undefined) return wrong(`there is no option ${JSON.stringify(name)}`, suggest(name, Object.keys(options)))
    if (value === undefined) return wrong(`${name} needs a value`, 'Give it after a space or an equals sign.')
    const wanted = read(value, given)
    if (wanted !== null) return wrong(`${name} is ${JSON.stringify(value)}`, `It must be ${wanted}.`)
  }
  return null
}

function wrong(message: string, hint: string): CommandLine {
  return { kind: 'wrong', message, hint }
}

function suggest(word: string, known: readonly string[]): string {
  const [nearest] = [...known]
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .sort((a, b) => a.distance - b.distance || compareText(a.name, b.name))
  return nearest !== undefined && nearest.distance <= Math.max(2, nearest.name.length / 3)
    ? `Did you mean ${nearest.name}?`
    : `Give one of ${known.join(', ')}.`
}

/** Insertions, deletions and replacements between two words (Levenshtein). */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [index, character] of [...a].entries()) {
    const row = [index + 1]
    for (const [column, other] of [...b].entries()) {
      const replaced = (above[column] as number) + (character === other ? 0 : 1)
      row.push(Math.min((above[column + 1] as number) + 1, (row[column] as number) + 1, replaced))
    }
    above = row
  }
  return above[b.length] as number
}
