import { describe, expect, test } from 'vitest'
import { findFormBreaks } from './compare-forms.ts'

describe('nobody is broken by', () => {
  test.each([
    ['an optional member that is new', 'interface A { a: 1 }', 'interface A { a: 1; b?: 2 }'],
    ['another order', 'interface A { a: 1; b: 2 }', 'interface A { b: 2; a: 1 }'],
    ['another order of choices', "type A = 'x' | 'y'", "type A = 'y' | 'x'"],
    ['another name of a parameter', 'function a(of: string): void;', 'function a(text: string): void;'],
    ['another name within a pattern', 'function a({ x }: A): void;', 'function a(whole: A): void;'],
    ['another name of a parameter of a member', 'interface A { run: (of: string) => void }', 'interface A { run: (x: string) => void }'],
    ['another name of a type parameter', 'function a<T>(of: T): T[];', 'function a<Item>(of: Item): Item[];'],
    ['an optional parameter that is new', 'function a(of: string): void;', 'function a(of: string, more?: number): void;'],
    ['a parameter that may be left out now', 'function a(of: string): void;', 'function a(of?: string): void;'],
    ['a parameter that takes more', 'function a(of: string): void;', 'function a(of: string | number): void;'],
    ['an option that is new', 'function a(options: { x: 1 }): void;', 'function a(options: { x: 1; y?: 2 }): void;'],
    ['a result that says more', 'function a(): { x: 1 };', 'function a(): { x: 1; y: 2 };'],
    ['a result that has less choices', 'function a(): 1 | null;', 'function a(): 1;'],
    ['what is given to a callback', 'function a(on: (of: { x: 1 }) => void): void;', 'function a(on: (of: { x: 1; y: 2 }) => void): void;'],
    ['an overload that is new', 'function a(of: 1): void;', 'function a(of: 1): void;\nfunction a(of: 2): void;'],
    ['a method written as a property', 'interface A { run(of: 1): void }', 'interface A { run: (it: 1) => void }'],
    [
      'a key of a schema that may be missing',
      'const a: z.ZodObject<{ x: z.ZodString }>;',
      'const a: z.ZodObject<{ x: z.ZodString; y: z.ZodOptional<z.ZodInt> }>;',
    ],
    ['a type that is named in place', "const a: import('./inner.ts').Inner;", 'const a: Inner;'],
    ['a name that is passed on besides', '* { a }', '* { a, b }'],
    ['a member of a class, and what is private in it', 'class A { private x; a: 1 }', 'class A { private y; a: 1; b: 2 }'],
  ])('%s', (_name, before, after) => {
    expect(findFormBreaks(before, after)).toEqual([])
  })
})

// Planted: each of them breaks somebody.
describe('somebody is broken by', () => {
  test.each([
    ['a member that is gone', 'interface A { a: 1; b?: 2 }', 'interface A { a: 1 }', 'b is gone'],
    ['a member that is new and required', 'interface A { a: 1 }', 'interface A { a: 1; b: 2 }', 'b is new and required'],
    ['a member that is required now', 'interface A { a?: 1 }', 'interface A { a: 1 }', 'a is required now'],
    ['a member that may be missing now', 'interface A { a: 1 }', 'interface A { a?: 1 }', 'a may be missing now'],
    ['a member that may not be set any more', 'interface A { a: 1 }', 'interface A { readonly a: 1 }', 'a may not be set any more'],
    ['a member of another type', 'interface A { a: { b: string } }', 'interface A { a: { b: number } }', 'a: b: its type differs'],
    ['a choice that is gone', "type A = 'x' | 'y'", "type A = 'x'", 'a choice is gone or differs'],
    ['a choice that nobody knows', "type A = 'x'", "type A = 'x' | 'y'", 'a choice is new or differs'],
    ['a parameter that is gone', 'function a(of: 1, more: 2): void;', 'function a(of: 1): void;', 'parameter 2 is gone'],
    [
      'a parameter that is new and required',
      'function a(of: 1): void;',
      'function a(of: 1, more: 2): void;',
      'parameter 2 is new and required',
    ],
    ['a parameter that is required now', 'function a(of?: 1): void;', 'function a(of: 1): void;', 'parameter 1 is required now'],
    ['a parameter that takes less', 'function a(of: 1 | 2): void;', 'function a(of: 1): void;', 'parameter 1: a choice is gone or differs'],
    [
      'an option that is required',
      'function a(options: { x: 1 }): void;',
      'function a(options: { x: 1; y: 2 }): void;',
      'parameter 1: y is new and required',
    ],
    [
      'parameters that changed places',
      'function a(x: 1, y: 2): void;',
      'function a(y: 2, x: 1): void;',
      'parameter 1: its type differs, parameter 2: its type differs',
    ],
    ['a result that may be missing', 'function a(): Promise<1>;', 'function a(): Promise<1 | null>;', 'result: a choice is new or differs'],
    ['a result that says less', 'function a(): { x: 1; y: 2 };', 'function a(): { x: 1 };', 'result: y is gone'],
    [
      'what a callback gets no more',
      'function a(on: (of: { x: 1 }) => void): void;',
      'function a(on: (of: {}) => void): void;',
      'parameter 1: parameter 1: x is gone',
    ],
    ['an overload that is gone', 'function a(of: 1): void;\nfunction a(of: 2): void;', 'function a(of: 1): void;', 'a form of it is gone'],
    ['a type parameter more', 'type A<T> = T[]', 'type A<T, U> = T[]', 'its type parameters differ'],
    [
      'a bound of a type parameter',
      'function a<T>(of: T): void;',
      'function a<T extends string>(of: T): void;',
      'its type parameters differ',
    ],
    [
      'a key of a schema',
      'const a: z.ZodObject<{ x: z.ZodString }>;',
      'const a: z.ZodObject<{ x: z.ZodString; y: z.ZodInt }>;',
      'y is new and required',
    ],
    [
      'what a callback may get no more',
      'function a(on: (of: 1) => void): void;',
      'function a(on: (of?: 1) => void): void;',
      'parameter 1: parameter 1 may be missing now',
    ],
    ['another default of a type parameter', 'type A<T = 1> = T', 'type A<T = 2> = T', 'its type parameters differ'],
    ['a key spelt like a type parameter', 'type A<T> = { T: T }', 'type A<U> = { U: U }', 'T is gone, U is new and required'],
    ['a member that is protected now', 'class A { a: 1 }', 'class A { protected a: 1 }', 'a is protected now'],
    ['a class that nobody can make any more', 'class A { a: 1 }', 'abstract class A { a: 1 }', 'it is abstract now'],
    ['what a subclass has to write', 'abstract class A { a: 1 }', 'abstract class A { a: 1; abstract b: 2 }', 'b is new and required'],
    ['a base of another form', 'class A extends B<1> { }', 'class A extends B<2> { }', 'it extends something else'],
    ['a value', 'const a = 1;', 'const a = 2;', 'its value differs'],
    ['another kind of thing', 'const a: 1;', 'function a(): 1;', 'it is something else'],
    ['a name that is passed on no more', '* { a, b }', '* { a }', 'b is gone'],
    ['another package', "run from '@a/b'", "run from '@a/c'", 'it has another form'],
  ])('%s', (_name, before, after, why) => {
    expect(findFormBreaks(before, after).join(', ')).toBe(why)
  })
})
