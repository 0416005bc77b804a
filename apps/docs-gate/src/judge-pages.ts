import { type Finding, sortFindings } from '@sanctum/contracts'
import type { Facts } from './facts.ts'
import type { Rule, Site } from './rules/rule.ts'
import { ruleTable } from './rules/rule-table.ts'

/** A link breaks from its other end, so these look at every page whatever was changed. */
const FROM_BOTH_ENDS = ['links', 'anchors']

/** What the rules find in the pages of `scope`; null stands for all of them. */
export function judgePages(site: Site, facts: Facts, scope: ReadonlySet<string> | null): readonly Finding[] {
  const findings = [...site.pages.values()].flatMap((page) => {
    const isInScope = (rule: Rule) => scope === null || scope.has(page.file) || (scope.size > 0 && FROM_BOTH_ENDS.includes(rule.id))
    const applies = (rule: Rule) => isInScope(rule) && !(page.isGenerated && rule.about === 'claims')
    return ruleTable.filter(applies).flatMap((rule) => rule.check(page, { facts, site }))
  })
  return sortFindings(findings)
}
