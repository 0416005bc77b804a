import type { ChangeClass } from '@sanctum/contracts'

/** The paths of a change by what they touch. */
export interface ClassifiedChange {
  readonly change: ChangeClass
  readonly paths: Readonly<Record<Exclude<ChangeClass, 'none'>, readonly string[]>>
}

/** Where the setup of a machine is decided: catalogs, renderers, unit templates, health and remediation. */
const contractPaths: readonly RegExp[] = [
  /^catalogs\//,
  /^packages\/render\/src\//,
  /^packages\/host-resolver\/src\//,
  /^packages\/probes\/src\//,
  /^packages\/(?:supervisor|generations|catalog)\/src\//,
  /^packages\/contracts\/src\/(?:healing|probe|haus|catalog|supervision|embedded-unit)\.ts$/,
  /^apps\/daemon\/src\/(?:healing|patrol|trial|watchdog)/,
  /^apps\/cli\/src\/fixes\//,
  /^tools\/sanctumctl$/,
  /^packages\/contracts\/src\/documents\//,
]

/** What no program reads while it runs or is built. */
const docsPaths: readonly RegExp[] = [/^docs\//, /^\.changeset\//, /(?:^|\/)[^/]+\.md$/, /^LICENSE$/]

/** Tests decide nothing on a machine, wherever they lie. */
const isTest = (path: string) => /(?:^|\/)test\//.test(path) || /\.test\.ts$/.test(path)

/** Which class a change belongs to: the weightiest that one of its paths has. */
export function classifyChange(paths: readonly string[]): ClassifiedChange {
  const sorted = Object.groupBy(paths, classOf)
  const by = { 'machine-contract': sorted['machine-contract'] ?? [], logic: sorted.logic ?? [], docs: sorted.docs ?? [] }
  const change = (['machine-contract', 'logic', 'docs'] as const).find((name) => by[name].length > 0) ?? 'none'
  return { change, paths: by }
}

function classOf(path: string): Exclude<ChangeClass, 'none'> {
  // An agent's words are a machine contract although they are Markdown.
  if (!isTest(path) && contractPaths.some((pattern) => pattern.test(path))) return 'machine-contract'
  return docsPaths.some((pattern) => pattern.test(path)) ? 'docs' : 'logic'
}
