import type { Page } from './page.ts'
import { type PageFile, parsePage } from './parse-page.ts'
import type { Site } from './rules/rule.ts'

/** Which files of a checkout are pages: the site, what lies beside it, and what a reader of the repository sees first. */
export function isPage(file: string): boolean {
  if (!/\.mdx?$/.test(file) || /(?:^|\/)(?:node_modules|dist|golden|fixtures|cases)\//.test(file)) return false
  return /^(?:docs\/.+|catalogs\/.+|(?:README|ARCHITECTURE)\.md|(?:packages|apps|tools)\/(?:.+\/)?README\.md)$/.test(file)
}

/** All pages with every other file that a link may lead to. */
export function readSite(pageFiles: readonly PageFile[], files: readonly string[]): Site {
  const pages = pageFiles.map(parsePage)
  return {
    pages: new Map(pages.map((page) => [page.file, page])),
    addresses: new Map(pages.flatMap((page): [string, Page][] => (page.address === null ? [] : [[page.address, page]]))),
    files: new Set(files),
    folders: new Set(files.flatMap(listFolders)),
  }
}

function listFolders(file: string): readonly string[] {
  const parts = file.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}
