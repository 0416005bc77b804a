import { describe, expect, test } from 'vitest'
import { readApi } from './read-api.ts'

const files = (texts: Readonly<Record<string, string>>) =>
  new Map(Object.entries(texts).map(([name, text]) => [`p/src/${name}.d.ts`, text]))
const read = (texts: Readonly<Record<string, string>>) => readApi(files(texts), 'p/src/index.d.ts')

describe('what an entry offers', () => {
  test('is found through every way to pass something on, under the name that others use', () => {
    const items = read({
      index: "export * from './a.ts';\nexport { b as c, type D } from './b.ts';\nexport { run } from '@other/thing';\n",
      a: "import type { Inner } from './inner.ts';\nexport declare function a(of: Inner): void;\nexport declare function a(of: string): void;\n",
      b: 'declare const b: 1;\ninterface D { d: number }\nexport { b, D };\n',
      inner: 'export interface Inner { readonly deep: Deeper }\ninterface Deeper { x: 1 }\ninterface Unused { y: 1 }\n',
    })
    expect(items).toEqual([
      { name: 'D', text: 'interface D { d: number }', exported: true },
      { name: 'a', text: 'function a(of: Inner): void;\nfunction a(of: string): void;', exported: true },
      { name: 'c', text: 'const b: 1;', exported: true },
      { name: 'run', text: "run from '@other/thing'", exported: true },
      { name: 'Deeper', text: 'interface Deeper { x: 1 }', exported: false },
      { name: 'Inner', text: 'interface Inner { readonly deep: Deeper }', exported: false },
    ])
  })

  test('may be passed on in a circle, and whole from another package', () => {
    const items = read({
      index: "export * from './a.ts';\nexport * from '@other/thing';\n",
      a: "export * from './index.ts';\nexport type A = A[] | 1;\n",
    })
    expect(items.map(({ name }) => name)).toEqual(['* from @other/thing', 'A'])
  })

  test('is found where a type names a module in place, a module is imported whole, and behind a default', () => {
    const items = read({
      index: "export * from './a.ts';\nexport * as all from './b.ts';\ndeclare const _default: 1;\nexport default _default;\n",
      a: "import * as z from './c.ts';\nexport declare const a: import('./inner.ts').Inner;\nexport type C = z.Deep | [...z.Rest];\n",
      b: 'export default function (of: Only): void;\ninterface Only { y: 1 }\nexport declare const b: 2;\n',
      c: 'export type Deep = 1;\nexport type Rest = [2];\nexport type Unused = 3;\n',
      inner: 'export interface Inner { x: 1 }\n',
    })
    expect(items.map(({ name, exported }) => (exported ? name : `(${name})`))).toEqual([
      'C',
      'a',
      'all',
      'default',
      '(Deep)',
      '(Inner)',
      '(Only)',
      '(Rest)',
      '(b)',
      '(default)',
    ])
    expect(items.find(({ name }) => name === 'all')?.text).toBe('* { b, default }')
  })

  test('is complained about where nothing here reads it', () => {
    expect(() => read({ index: 'declare const a: 1;\nexport = a;\n' })).toThrow('TSExportAssignment')
  })

  test('is complained about where it leads nowhere', () => {
    expect(() => read({ index: "export { gone } from './a.ts';\n", a: 'export {};\n' })).toThrow('p/src/a.d.ts has no gone')
    expect(() => read({ index: "export * from './gone.ts';\n" })).toThrow('p/src/gone.d.ts is exported from')
  })
})
