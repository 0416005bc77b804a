/** Licenses whose terms are met by handing their text on. */
const ALLOWED = new Set([
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense', 'Python-2.0'],
])

interface Licensed {
  readonly name: string
  readonly group?: string
  readonly version: string
  readonly licenses: readonly { readonly expression?: string; readonly license?: { readonly id?: string; readonly name?: string } }[]
}

/**
 * Packages of a bill of materials that must not be handed on under our own license, each with the license that it names. One that names none
 * is of another platform and not installed here, or says nothing, and is not judged.
 */
export function listRefusedLicenses(sbom: string): readonly string[] {
  const { components } = JSON.parse(sbom) as { readonly components: readonly Licensed[] }
  return components.flatMap(({ name, group, version, licenses }) =>
    licenses
      .map(({ expression, license }) => expression ?? license?.id ?? license?.name ?? '')
      .filter((text) => !isAllowed(text))
      .map((text) => `${group === undefined ? '' : `${group}/`}${name}@${version} is under ${text}`),
  )
}

/** One of those between which one may choose will do, and each of those that hold together must. */
function isAllowed(expression: string): boolean {
  const plain = expression.replace(/[()]/g, ' ')
  return plain.split(/ OR /).some((choice) => choice.split(/ AND /).every((license) => ALLOWED.has(license.trim())))
}
