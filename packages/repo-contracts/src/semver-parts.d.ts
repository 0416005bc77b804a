/** The parts of semver that are used, each by its own file; the package brings no types. */
declare module 'semver/functions/gte.js' {
  const gte: (a: string, b: string) => boolean
  export = gte
}
declare module 'semver/functions/satisfies.js' {
  const satisfies: (version: string, range: string, options?: { readonly includePrerelease?: boolean }) => boolean
  export = satisfies
}
declare module 'semver/functions/valid.js' {
  const valid: (version: string) => string | null
  export = valid
}
declare module 'semver/ranges/valid.js' {
  const validRange: (range: string) => string | null
  export = validRange
}
