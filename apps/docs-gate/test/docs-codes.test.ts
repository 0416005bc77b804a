import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { docsCodes } from '@sanctum/contracts'
import { expect, test } from 'vitest'

const room = fileURLToPath(new URL('..', import.meta.url))
const texts = globSync('{src,test}/**/*.ts', { cwd: room }).map((file) => ({ file, text: readFileSync(`${room}${file}`, 'utf8') }))
const isTest = (file: string) => file.startsWith('test/') || file.endsWith('.test.ts')

test.each(Object.keys(docsCodes))('%s is said somewhere, and a test waits for it', (code) => {
  const quoted = `'${code}'`
  expect(texts.filter(({ file, text }) => !isTest(file) && text.includes(quoted))).not.toEqual([])
  expect(texts.filter(({ file, text }) => isTest(file) && text.includes(code))).not.toEqual([])
})
