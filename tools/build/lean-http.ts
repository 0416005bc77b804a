import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

const names: Readonly<Record<string, readonly string[]>> = {
  'node:http': [
    ...['Agent', 'ClientRequest', 'IncomingMessage', 'METHODS', 'OutgoingMessage', 'STATUS_CODES', 'Server', 'ServerResponse'],
    ...['createServer', 'get', 'globalAgent', 'maxHeaderSize', 'request', 'validateHeaderName', 'validateHeaderValue'],
  ],
  'node:https': ['Agent', 'Server', 'createServer', 'get', 'globalAgent', 'request'],
}

/**
 * Takes what is asked of Node's http by name. An import of it reads every property of the module, and one of them loads a whole
 * second http client that nobody here uses: 30 ms of a start and some megabytes of every process.
 */
export function leanHttp(): Plugin {
  return {
    name: 'lean-http',
    setup(build) {
      build.onResolve({ filter: /^(node:)?https?$/ }, ({ path, namespace }) =>
        namespace === 'lean-http'
          ? undefined
          : { path: path.startsWith('node:') ? path : `node:${path}`, namespace: 'lean-http', sideEffects: false },
      )
      build.onLoad({ filter: /./, namespace: 'lean-http' }, ({ path }) => ({
        contents: `const whole = process.getBuiltinModule('${path}')\nexport default whole\nexport const { ${names[path]?.join(', ')} } = whole\n`,
        loader: 'js',
      }))
    },
  }
}
