import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pageHead } from '../page-head.ts'

/** ARCHITECTURE.md as a page of the site: its links lead to pages, or name the folder that they led to. */
export function renderArchitecturePage(root: string): string {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  return [
    ...pageHead({
      title: 'Architecture',
      description: 'The rooms of the house, which way data flows through them, and the contracts that everything rests on.',
      source: 'ARCHITECTURE.md',
    }),
    text.replace(/^# .*\n+/, '').replaceAll(link, (_whole, words: string, target: string) => toLink(words, target)),
  ].join('\n')
}

const link = /\[([^\]]+)\]\(([^)\s]+)\)/g
const pages = 'docs/src/content/docs/'

function toLink(words: string, target: string): string {
  if (target.startsWith(pages)) return `[${words.replace(/^docs: /, '')}](/${target.slice(pages.length).replace(/\.mdx?(?=#|$)/, '/')})`
  return /^https?:/.test(target) ? `[${words}](${target})` : `\`${target}\``
}
