import { expect, test } from 'vitest'
import { toRouterDefinition } from '../config/to-router-definition.ts'
import { chooseRoute } from './choose-route.ts'

const parsed = toRouterDefinition({
  backends: {
    house: { url: 'http://127.0.0.1:1/v1', models: ['qwen*'], intent_keywords: ['health'] },
    coder: { url: 'http://127.0.0.1:2/v1', models: ['qwen3-coder', 'qwen3-code*'], intent_keywords: ['code', 'pull request'] },
    private: { url: 'http://127.0.0.1:3/v1', secure: true, models: ['cilghal'] },
    cloud: { url: 'https://models.example/v1', locality: 'cloud', models: ['claude-*'] },
  },
  defaultRoute: 'house',
})
if (parsed.kind === 'invalid') throw new Error('the test has a mistake')
const { definition } = parsed

test.each([
  ['the name of a route', 'coder', '', 'coder', 'exact', 'coder'],
  ['an exact name before a glob that stands first', 'qwen3-coder', '', 'coder', 'exact', 'qwen3-coder'],
  ['the first of two globs', 'qwen3-code-small', '', 'house', 'glob', 'qwen*'],
  ['a glob before a keyword', 'claude-opus', 'look at this code', 'cloud', 'glob', 'claude-*'],
  ['a keyword as a whole word', 'any', 'Please review this CODE, thanks', 'coder', 'intent', 'code'],
  ['a keyword of two words', null, 'open a pull-request', 'coder', 'intent', 'pull request'],
  ['no keyword inside of a word', 'any', 'decoded barcodes', 'house', 'default', null],
  ['nothing', null, '', 'house', 'default', null],
])('%s', (_, model, lastUserText, route, rule, matched) => {
  expect(chooseRoute(definition, { model, lastUserText })).toMatchObject({ route: { name: route }, rule, matched })
})

test('a closed route is passed over, but what was meant for a secure one goes nowhere else', () => {
  const closed = ({ name }: { name: string }) => name === 'cloud' || name === 'private'
  expect(chooseRoute(definition, { model: 'claude-opus', lastUserText: '' }, closed).route.name).toBe('house')
  expect(chooseRoute(definition, { model: 'cilghal', lastUserText: '' }, closed).route.name).toBe('private')
})

test('among several keywords a secure route wins, wherever it stands, and a keyword without a word matches nothing', () => {
  const mixed = toRouterDefinition({
    backends: {
      house: { url: 'http://127.0.0.1:1/v1' },
      coder: { url: 'http://127.0.0.1:2/v1', intent_keywords: ['code'] },
      private: { url: 'http://127.0.0.1:3/v1', secure: true, intent_keywords: ['diary'] },
    },
    defaultRoute: 'house',
  })
  if (mixed.kind === 'invalid') throw new Error('the test has a mistake')
  const question = { model: null, lastUserText: 'Write code that reads my diary' }
  expect(chooseRoute(mixed.definition, question).route.name).toBe('private')
  expect(chooseRoute(mixed.definition, question, () => true).route.name).toBe('private')
  const [house, coder, ...rest] = mixed.definition.routes
  if (!house || !coder) throw new Error('the test has a mistake')
  const empty = { ...mixed.definition, routes: [house, { ...coder, intentKeywords: ['', ' -- '] }, ...rest] }
  expect(chooseRoute(empty, { model: null, lastUserText: 'Hello, are you there?' })).toMatchObject({
    route: { name: 'house' },
    rule: 'default',
  })
})
