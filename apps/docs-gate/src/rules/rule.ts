import type { Finding } from '@sanctum/contracts'
import type { Facts } from '../facts.ts'
import type { Page } from '../page.ts'

/** All pages that were read, so that a link finds its other end. */
export interface Site {
  /** By file. */
  readonly pages: ReadonlyMap<string, Page>
  /** By address. */
  readonly addresses: ReadonlyMap<string, Page>
  readonly files: ReadonlySet<string>
  /** Folders that hold a tracked file. */
  readonly folders: ReadonlySet<string>
}

export interface RuleContext {
  readonly facts: Facts
  readonly site: Site
}

/** One question to a page. */
export interface Rule {
  readonly id: string
  /** `claims`: what somebody wrote about the code; a page that is generated from it claims nothing. */
  readonly about: 'text' | 'claims'
  readonly check: (page: Page, context: RuleContext) => readonly Finding[]
}
