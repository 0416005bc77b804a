import { expect, test } from 'vitest'
import { classifyChange } from './classify-change.ts'

test.each([
  [[], 'none'],
  [['docs/upgrade.md', 'README.md', 'packages/render/README.md', '.changeset/new.md'], 'docs'],
  [['docs/astro.config.mjs'], 'docs'],
  [['docs/upgrade.md', 'apps/cli/src/commands/up.ts'], 'logic'],
  [['catalogs/starter/test/catalog.yaml'], 'logic'],
  [['pnpm-lock.yaml'], 'logic'],
  [['packages/render/test/golden/mac/a.plist', 'packages/render/src/plan-unit.test.ts'], 'logic'],
  [['apps/cli/src/main.ts', 'packages/render/src/plan-unit.ts'], 'machine-contract'],
  [['catalogs/starter/catalog.yaml'], 'machine-contract'],
  [['catalogs/manoir/agents/yoda/SOUL.md'], 'machine-contract'],
  [['packages/supervisor/src/heal/reduce-healing.ts'], 'machine-contract'],
  [['packages/probes/src/kinds/http.ts'], 'machine-contract'],
  [['packages/contracts/src/healing.ts'], 'machine-contract'],
  [['apps/daemon/src/healing/heal.ts'], 'machine-contract'],
  [['apps/cli/src/fixes/fixes.ts'], 'machine-contract'],
  [['tools/sanctumctl'], 'machine-contract'],
])('%j is %s', (paths, expected) => {
  expect(classifyChange(paths).change).toBe(expected)
})

test('every path is in one class', () => {
  const paths = ['docs/a.md', 'apps/cli/src/main.ts', 'catalogs/starter/catalog.yaml']
  expect(Object.values(classifyChange(paths).paths).flat().toSorted()).toEqual(paths.toSorted())
})
