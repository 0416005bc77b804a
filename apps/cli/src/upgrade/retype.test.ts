import { expect, test } from 'vitest'
import { retype } from './retype.ts'

const global = { json: false, quiet: false, verbose: false, yes: false, dryRun: true, catalog: null }

test('nothing of what was typed is lost, and what is added comes last', () => {
  const options = { to: 'v0.2.0', despite: ['docs-red', 'lease-open'], force: true, plan: true }
  const typed = retype({ args: [], options, global: { ...global, yes: true, catalog: '/my haus' } }, 'rollback')
  expect(typed(['--despite', 'doctor-red'])).toBe(
    "sanctumctl rollback --to v0.2.0 --despite docs-red --despite lease-open --force --catalog '/my haus' --yes --despite doctor-red",
  )
})

test('a yes is said once, and a number stays where it was', () => {
  expect(retype({ args: ['3', undefined], options: {}, global: { ...global, yes: true } }, 'rollback')(['--yes'])).toBe(
    'sanctumctl rollback 3 --yes',
  )
  expect(retype({ args: [], options: {}, global }, 'upgrade')()).toBe('sanctumctl upgrade')
})
