import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** Packages of which a library imports the whole for something that we do not call: the parser behind a writer of plists (12 ms of a start). */
const droppable = /^@xmldom\/xmldom$/

/** Lets the bundler leave out packages that nothing of the program reaches, though they do not say that they may be. */
export function leanLibraries(): Plugin {
  return {
    name: 'lean-libraries',
    setup(build) {
      build.onResolve({ filter: droppable }, async ({ path, pluginData, ...where }) => {
        if (pluginData === 'lean-libraries') return undefined
        return { ...(await build.resolve(path, { ...where, pluginData: 'lean-libraries' })), sideEffects: false }
      })
    },
  }
}
