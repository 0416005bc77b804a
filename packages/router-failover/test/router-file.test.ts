import { routerCodes } from '@sanctum/contracts'
import { parseRouterFile } from '@sanctum/router-failover'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { routerFileCases } from './router-file-cases.ts'

test.each(routerFileCases)('%s at %s', (code, place, text) => {
  const { kind, findings } = parseRouterFile(text, 'router.yaml')
  expect(kind).toBe('invalid')
  const found = findings.map(({ code: seen, at }) => `${seen} ${at?.line}:${at?.column}`)
  expect(found).toContain(`${code} ${place}`)
  for (const { message, fix, at } of findings) {
    expect(message).toMatch(/^.{5,}[.?]$/s)
    expect(fix?.text).toMatch(/^.{5,}[.?]$/s)
    expect(at?.file).toBe('router.yaml')
  }
})

test('each code of a router has a case', () => {
  const seen = new Set(routerFileCases.map(([code]) => code))
  expect(Object.keys(routerCodes).filter((code) => !seen.has(code))).toEqual([])
})

test('a key that is nearly right is told by its name', () => {
  const { findings } = parseRouterFile('backends:\n  m: { url: http://127.0.0.1/v1, falback_urls: [] }\n', 'r.yaml')
  expect(findings.map(({ fix }) => fix?.text)).toEqual(['Did you mean fallback_urls?'])
})

test('a file of ten lines is a router', () => {
  const parsed = parseRouterFile(
    `default: house
backends:
  house:
    url: http://127.0.0.1:1337/v1/
    default_model: big
    models: ['qwen*', house-fast]
    load_time_s: 75
    fallback_urls:
      - { url: http://10.0.0.7:8902/v1, model: small, api_key_env: SHADOW_KEY }
      - { url: 'https://api.models.example/v1', locality: cloud, api_key_secret: cloud-key }
`,
    'router.yaml',
  )
  expect(parsed).toMatchObject({
    kind: 'parsed',
    findings: [],
    definition: {
      defaultRoute: 'house',
      routes: [
        {
          name: 'house',
          delivery: 'live',
          targets: [
            {
              id: 'house/0',
              url: 'http://127.0.0.1:1337/v1',
              model: 'big',
              locality: 'local',
              loadTimeMs: 75_000,
              credential: { kind: 'none' },
            },
            { id: 'house/1', model: 'small', locality: 'local', credential: { kind: 'environment', variable: 'SHADOW_KEY' } },
            {
              id: 'house/2',
              model: 'big',
              locality: 'cloud',
              loadTimeMs: null,
              isProbed: false,
              credential: { kind: 'secret', name: 'cloud-key' },
            },
          ],
        },
      ],
    },
  })
})

test('no text makes it throw', () => {
  const piece = fc.constantFrom(
    'backends:',
    ' m:',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    ': ',
    '&a ',
    '*a',
    '!!x ',
    '"',
    "'",
    '|',
    '>',
    '#',
    '\t',
    '?',
    ',',
    'url',
    '\u0000',
    '%',
    '---',
    '...',
    '<<',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
      ),
      (text) => {
        const { kind, findings } = parseRouterFile(text, 'r.yaml')
        expect(kind === 'parsed' || findings.length > 0).toBe(true)
      },
    ),
    { numRuns: 2_000 },
  )
})
