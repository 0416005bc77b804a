import { readdirSync, readFileSync } from 'node:fs'
import { documentKinds, type JsonSchema, toJsonSchemas, toModeline, toOutputSchemas } from '@sanctum/contracts'
import { describe, expect, it } from 'vitest'

const folder = new URL('../schemas/', import.meta.url)
const schemas = toJsonSchemas()
const published = { ...schemas, ...toOutputSchemas() }

/** Places of a schema where an editor would be led astray: a reference to nowhere, or an object that takes any key. */
function judgeSchema(schema: JsonSchema): string[] {
  const definitions = Object.keys((schema.definitions as object | undefined) ?? {})
  const wrong: string[] = []
  const visit = (value: unknown, path: string): void => {
    if (value === null || typeof value !== 'object') return
    const { $ref, type, additionalProperties } = value as Record<string, unknown>
    if (typeof $ref === 'string' && !definitions.includes($ref.replace('#/definitions/', ''))) wrong.push(`${path}: ${$ref} leads nowhere`)
    if (type === 'object' && additionalProperties === undefined) wrong.push(`${path}: takes any key`)
    for (const [key, inner] of Object.entries(value)) visit(inner, `${path}/${key}`)
  }
  visit(schema, '')
  return wrong
}

describe('JSON Schemas', () => {
  it('are checked in as they are generated', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'))
    expect(files.sort()).toEqual(Object.keys(published).sort())
    for (const [file, schema] of Object.entries(published)) {
      expect(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)))
    }
  })

  it.each(Object.keys(schemas))('%s leads an editor nowhere wrong', (file) => {
    expect(judgeSchema(schemas[file] as JsonSchema)).toEqual([])
    expect(schemas[file]).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#', title: expect.any(String), type: 'object' })
  })

  it('are judged: a dangling reference and an open object are found', () => {
    expect(
      judgeSchema({
        type: 'object',
        properties: { a: { $ref: '#/definitions/gone' }, b: { type: 'object' } },
        additionalProperties: false,
      }),
    ).toEqual(['/properties/a: #/definitions/gone leads nowhere', '/properties/b: takes any key'])
  })

  it('are named by the modeline of each kind', () => {
    expect(toModeline('layer', '../../packages/contracts/schemas')).toBe(
      '# yaml-language-server: $schema=../../packages/contracts/schemas/layer.schema.json',
    )
    expect(
      Object.values(documentKinds)
        .map(({ published }) => published)
        .sort(),
    ).toEqual(Object.keys(schemas).sort())
  })
})
