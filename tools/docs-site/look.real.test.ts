import { mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installOutside } from '../install-outside.ts'
import { isCi } from '../lanes/is-ci.ts'
import { plantedTree } from '../test/planted-tree.ts'
import { buildSite } from './build-site.ts'
import { findProgram } from './find-program.ts'
import { type Browser, lookAtPage, openBrowser, openPage, readAxe, views } from './look-at-page.ts'
import { type ServedFolder, serveFolder } from './serve-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const isLong = process.env['SANCTUM_TEST_LONG'] === '1'
/** Where pictures go, for whoever wants to look himself. */
const pictures = process.env['SANCTUM_DOCS_PICTURES']
const program = findProgram(['chromium', 'chromium-browser', 'google-chrome'])
if (program === null && !isCi())
  console.info('the look of the site is not tested: chromium is missing. Type: sudo apt-get install chromium')

describe.skipIf(program === null && !isCi())('the site in a browser', () => {
  let browser: Browser
  let site: ServedFolder
  let axe = ''
  let folder = ''
  beforeAll(async () => {
    installOutside(join(root, 'docs'))
    const built = buildSite(root)
    if (built.kind !== 'built') throw new Error(`the site is not built: ${built.said}`)
    folder = built.folder
    axe = readAxe(root)
    site = await serveFolder(folder)
    browser = await openBrowser(root, program ?? 'chromium')
  })
  afterAll(async () => {
    await browser?.close()
    await site?.[Symbol.asyncDispose]()
  })

  test('is legible on a telephone and at a desk, by day and by night, and says nothing to the console', { timeout: 900_000 }, async () => {
    const paths = isLong ? listPages(folder) : ['/', '/start/first-run/']
    const problems: string[] = []
    for (const path of paths) {
      const looks = views.map(async (view) => {
        const found = await lookAtPage(browser, `${site.url}${path}`, { view, axe, ...toPicture(path, view.name) })
        return found.map((problem) => `${path} (${view.name}) ${problem}`)
      })
      problems.push(...(await Promise.all(looks)).flat())
    }
    console.info(`${paths.length} pages in ${views.length} views`)
    expect(problems).toEqual([])
  })

  test('planted: what cannot be read, what is too wide, what fails and what is missing is found', async () => {
    const page = `<!doctype html><html lang="en"><head><title>Planted</title><meta name="viewport" content="width=device-width"></head><body><main>
      <h1>Planted</h1><p style="color:#ccc;background:#fff">pale</p><div style="width:2000px">wide</div><img src="/gone.svg" alt="gone">
      <script>console.error('planted fault'); setTimeout(() => { throw new Error('planted throw') })</script></main></body></html>`
    await using planted = await serveFolder(plantedTree({ 'index.html': page }))
    const [view] = views
    if (view === undefined) throw new Error('there is no view')
    const problems = await lookAtPage(browser, planted.url, { view, axe })
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringContaining('color-contrast (serious)'),
        expect.stringContaining('overflow: '),
        'console: planted fault',
        'script: planted throw',
        `missing: ${planted.url}/gone.svg`,
      ]),
    )
  })

  test('says on a telephone which column a cell of a table is of', async () => {
    const [phone] = views
    if (phone === undefined) throw new Error('there is no view')
    const { page, close } = await openPage(browser, phone)
    await page.goto(`${site.url}/reference/exit-codes/`, { waitUntil: 'load' })
    const label = 'getComputedStyle(document.querySelector(".sl-markdown-content td:nth-child(3)"), "::before").content'
    expect(await page.evaluate<string>(label)).toContain('Meaning')
    await close()
  })

  test('finds a page by what it says', async () => {
    const { page, close } = await openPage(browser, { name: 'desktop', width: 1280, height: 900, scheme: 'light' })
    await page.goto(`${site.url}/`, { waitUntil: 'load' })
    await page.waitForSelector('button[data-open-modal]:not([disabled])', { timeout: 30_000 })
    await page.keyboard.press('Control+k')
    await page.waitForSelector('dialog[open] input', { timeout: 30_000 })
    // A dialog that opens before the search has loaded gets its field later, and then without the cursor in it.
    await page.evaluate('document.querySelector("dialog[open] input").focus()')
    await page.keyboard.type('PORT_HELD')
    // What stands there while a result is fetched has no link.
    const result = await page.waitForSelector('dialog[open] .pagefind-ui__result:has(.pagefind-ui__result-link)', { timeout: 30_000 })
    expect(await result.textContent()).toContain('PORT_HELD')
    await close()
  })
})

function listPages(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file === 'index.html' || file.endsWith('/index.html'))
    .map((file) => `/${file.slice(0, -'index.html'.length)}`)
    .toSorted()
}

function toPicture(path: string, view: string): { picture?: string } {
  if (pictures === undefined) return {}
  const picture = join(pictures, `${path.replaceAll('/', '_')}-${view.replaceAll(/\W+/g, '-')}.png`)
  mkdirSync(dirname(picture), { recursive: true })
  return { picture }
}
