import { type Finding, sortFindings } from '@sanctum/contracts'
import type { Facts } from './facts.ts'
import type { Rule, Site } from './rules/rule.ts'
import { ruleTable } from './rules/rule-table.ts'

/** What a run looks at. */
export interface Scope {
  readonly pages: ReadonlySet<string>
  /** The code was changed too, so that a page which nobody touched may have become wrong about it. */
  readonly isCodeChanged: boolean
}

/** A link breaks from its other end, so these look at every page whatever was changed. */
const FROM_BOTH_ENDS = ['links', 'anchors']

/** What the rules find in the pages of `scope`; null stands for all of them. */
export function judgePages(site: Site, facts: Facts, scope: Scope | null): readonly Finding[] {
  const findings = [...site.pages.values()].flatMap((page) => {
    const isInScope = ({ id, about }: Rule) =>
      scope === null ||
      scope.pages.has(page.file) ||
      (FROM_BOTH_ENDS.includes(id) && scope.pages.size > 0) ||
      (about === 'claims' && scope.isCodeChanged)
    const applies = (rule: Rule) => isInScope(rule) && !(page.isGenerated && rule.about === 'claims')
    return ruleTable.filter(applies).flatMap((rule) => rule.check(page, { facts, site }))
  })
  return sortFindings(findings)
}
