import type { Finding, Haus } from '@sanctum/contracts'

/** Says that the catalog has other services than what holds; null where it has the same. It is no fault of what holds. */
export function findUnrendered(wanted: Haus, held: Haus): Finding | null {
  const added = Object.keys(wanted.services).filter((id) => !Object.hasOwn(held.services, id))
  const dropped = Object.keys(held.services).filter((id) => !Object.hasOwn(wanted.services, id))
  if (added.length + dropped.length === 0) return null
  const told = [
    ...(added.length > 0 ? [`has ${added.join(', ')} besides`] : []),
    ...(dropped.length > 0 ? [`does not have ${dropped.join(', ')}`] : []),
  ]
  return {
    code: 'CHANGE_PENDING',
    severity: 'warning',
    message: `the catalog ${told.join(' and ')}; that is not rendered here, and this table tells of what is`,
    subject: 'catalog',
    evidence: { expected: Object.keys(wanted.services).join(', '), observed: Object.keys(held.services).join(', ') },
    fix: { text: 'Look what a render would change.', command: 'sanctumctl render --check', safe: true },
  }
}
