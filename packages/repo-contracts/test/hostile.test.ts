import { repoContractDocument } from '@sanctum/contracts'
import { judgeUpgrade, matchContracts, renderContractPage } from '@sanctum/repo-contracts'
import { expect, test } from 'vitest'
import { about, buildContract, buildProvider } from './build-contract.ts'

test.each(['01.0.0', '1.0.0-..', '1.0.0-', '1.0.0-01', '99999999999999999999.0.0', '1.0'])('%s is no version', (version) => {
  const { document } = buildContract('shop')
  expect(repoContractDocument.safeParse({ ...document, version }).success).toBe(false)
})

test.each(['0.0.0', '1.20.3-rc.1', '1.0.0-0a.b-c'])('%s is one', (version) => {
  expect(buildContract('shop', { version }).document.version).toBe(version)
})

test.each<[string, string, string]>([
  ['2.0.0-rc.1', '>=1.0.0 <2.0.0', 'broken'],
  ['1.5.0-rc.1', '>=1.0.0 <2.0.0', 'met'],
  ['2.0.0-rc.1', '^2.0.0-rc.0', 'met'],
  ['1.9.9', '^1.0.0', 'met'],
])('%s in %s is %s', (version, range, state) => {
  const provider = buildProvider({ packages: { '@haus/contracts': { about, version } } })
  const shop = buildContract('shop', { expects: { packages: { '@haus/contracts': { about, from: 'haus', range } } } })
  expect(matchContracts([shop], [provider]).links[0]?.state).toBe(state)
})

test('what may be missing is no error, neither of a repository that nobody read nor of a revision', () => {
  const examples = [{ request: { path: '/gone' }, response: { status: 200 } }]
  const unread = buildContract('shop', { expects: { services: { till: { about, from: 'elsewhere', optional: true } } } })
  expect(matchContracts([unread])).toMatchObject({ findings: [], links: [{ state: 'absent' }] })
  const shop = buildContract('shop', { expects: { endpoints: { gone: { about, from: 'haus', optional: true, examples } } } })
  const question = { provider: buildProvider(), records: [], sources: {}, digest: (text: string) => text }
  expect(judgeUpgrade({ ...question, consumers: [shop] })).toMatchObject({ may: true, findings: [] })
})

test('what a contract says of a piece is text in its page, and nothing more', () => {
  const page = renderContractPage(
    buildContract('shop', { about: '<script>{x}`a\n\n# b | *c*', provides: { paths: { a: { about: '[x](y) <b>' } } } }),
    [],
  )
  expect(page).toContain('&lt;script&gt;&#123;x&#125;\\`a # b | \\*c\\*')
  expect(page).toContain('\\[x\\](y) &lt;b&gt;')
})

// Planted: each would be a heading, a list, a quotation, a directive or code of a module at the start of a page.
test.each([
  ['# a', '&#35; a.'],
  ['- a', '&#45; a.'],
  ['1. a', '&#49;. a.'],
  ['>a', '&gt;a.'],
  [':::a', '&#58;::a.'],
  ['import a', '&#105;mport a.'],
  ['export a', '&#101;xport a.'],
  ['&lt; ~~a~~', '&amp;lt; \\~\\~a\\~\\~.'],
  ['imports a', 'imports a.'],
])('%j opens a page as text', (about, text) => {
  expect(renderContractPage(buildContract('shop', { about }), []).split(' Version')[0]).toBe(text)
})
