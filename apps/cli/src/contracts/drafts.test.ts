import { draftContract } from '@sanctum/repo-contracts'
import { expect, test } from 'vitest'
import { parseContract } from './read-contracts.ts'

test.each([
  ['nothing at all', []],
  ['words that mean something in YAML', [{ name: '@a/b', version: '1.0.0', description: 'It\'s: "so" # {x}\n- y', bins: ['run-it'] }]],
  ['what no contract can say', [{ name: 'Odd Name', version: '01.0', description: null, bins: ['Shop_CLI'] }]],
])('a draft of %s passes its own check', (_name, packages) => {
  for (const name of ['My Shop!', '2026', '...', 'null', 'true'])
    expect(parseContract(draftContract({ name, packages }), 'sanctum.contract.yaml')).toMatchObject({
      contract: { document: { schema_version: 1 } },
      findings: [],
    })
})
