import { codes } from './codes.ts'
import { commands, flags } from './commands.ts'
import { counts } from './counts.ts'
import { frontmatter } from './frontmatter.ts'
import { keys } from './keys.ts'
import { labels } from './labels.ts'
import { leaks } from './leaks.ts'
import { length } from './length.ts'
import { anchors, links } from './links.ts'
import { mdxDigit, readable } from './mdx-digit.ts'
import { paths } from './paths.ts'
import { placeholders } from './placeholders.ts'
import { ports } from './ports.ts'
import type { Rule } from './rule.ts'
import { yamlBlocks } from './yaml-blocks.ts'

/** Every question to a page. */
export const ruleTable: readonly Rule[] = [
  readable,
  frontmatter,
  links,
  anchors,
  commands,
  flags,
  ports,
  labels,
  counts,
  paths,
  codes,
  keys,
  yamlBlocks,
  leaks,
  placeholders,
  mdxDigit,
  length,
]
