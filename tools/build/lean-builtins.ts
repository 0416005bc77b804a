import crypto from 'node:crypto'
import fs from 'node:fs'
import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

const http = [
  ...['Agent', 'ClientRequest', 'IncomingMessage', 'METHODS', 'OutgoingMessage', 'STATUS_CODES', 'Server', 'ServerResponse'],
  ...['createServer', 'get', 'globalAgent', 'maxHeaderSize', 'request', 'validateHeaderName', 'validateHeaderValue'],
]
const https = ['Agent', 'Server', 'createServer', 'get', 'globalAgent', 'request']

/** Names of a module that are there as they are. Those behind a getter load what they name when they are read. */
function plainNames(module: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(module)).flatMap(([name, { get }]) => (get === undefined ? [name] : []))
}

/** The router's connections speak HTTP/1.1 alone, and undici goes on where this module is missing: 2 MB of a router. */
const withoutHttp2 = 'module.exports = { constants: {} }\n'

/**
 * Modules of Node of which an import costs more than what is used of it, since it reads every property there is: of http one that
 * loads a second client (30 ms of a start and some megabytes), of process the standard input, which loads sockets (10 ms), of crypto
 * the one of browsers (5 ms), of fs the promises and the streams (4 ms).
 */
const modules: Readonly<Record<string, string>> = {
  'node:http': takeNamed('node:http', http),
  'node:https': takeNamed('node:https', https),
  'node:fs': takeNamed('node:fs', plainNames(fs)),
  'node:crypto': takeNamed('node:crypto', plainNames(crypto)),
  'node:http2': withoutHttp2,
  'node:process': 'module.exports = globalThis.process\n',
}

/** Starts the programs of subcommands that are files of their own, which we have none of; so it is loaded where it is called. */
const spawnLater = "export default { spawn: (...args) => process.getBuiltinModule('node:child_process').spawn(...args) }\n"

/** Takes of some modules of Node only what is used, and only when it is. */
export function leanBuiltins(): Plugin {
  return {
    name: 'lean-builtins',
    setup(build) {
      build.onResolve({ filter: /^(node:)?(https?|fs|crypto|process|child_process)$/ }, ({ path, namespace, importer }) => {
        const name = path.startsWith('node:') ? path : `node:${path}`
        if (namespace === 'lean-builtins' || (name === 'node:child_process' && !importer.includes('/commander/'))) return undefined
        return { path: name, namespace: 'lean-builtins', sideEffects: false }
      })
      build.onResolve({ filter: /^node:http2$/ }, ({ importer }) =>
        importer.includes('/undici/') ? { path: 'node:http2', namespace: 'lean-builtins' } : undefined,
      )
      build.onLoad({ filter: /./, namespace: 'lean-builtins' }, ({ path }) => ({ contents: modules[path] ?? spawnLater, loader: 'js' }))
    },
  }
}

function takeNamed(name: string, names: readonly string[]): string {
  return `const whole = process.getBuiltinModule('${name}')\nexport default whole\nexport const { ${names.join(', ')} } = whole\n`
}
