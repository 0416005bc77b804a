import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** What of the browser's program is used here; the packages are those of docs/, which is outside of the workspace. */
export interface Browser {
  newContext(options: { viewport: { width: number; height: number }; colorScheme: 'light' | 'dark' }): Promise<Context>
  close(): Promise<void>
}

interface Context {
  newPage(): Promise<Page>
  close(): Promise<void>
}

export interface Page {
  on(event: 'console', tell: (message: { type(): string; text(): string }) => void): void
  on(event: 'pageerror', tell: (error: Error) => void): void
  on(event: 'response', tell: (response: { status(): number; url(): string }) => void): void
  goto(url: string, options?: { waitUntil: 'load' }): Promise<unknown>
  evaluate<T>(script: string): Promise<T>
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>
  keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> }
  waitForSelector(selector: string, options?: { timeout: number }): Promise<{ textContent(): Promise<string | null> }>
}

export interface View {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly scheme: 'light' | 'dark'
}

/** On a telephone and at a desk, by day and by night. */
export const views: readonly View[] = (['light', 'dark'] as const).flatMap((scheme) => [
  { name: `phone, ${scheme}`, width: 390, height: 844, scheme },
  { name: `desktop, ${scheme}`, width: 1280, height: 900, scheme },
])

export async function openBrowser(root: string, program: string): Promise<Browser> {
  const { chromium } = createRequire(join(root, 'docs/package.json'))('playwright-core') as {
    chromium: { launch(options: { executablePath: string; args: readonly string[] }): Promise<Browser> }
  }
  return chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] })
}

/** The text of axe, which runs inside of a page. */
export function readAxe(root: string): string {
  return readFileSync(createRequire(join(root, 'docs/package.json')).resolve('axe-core/axe.min.js'), 'utf8')
}

/** Opens a page in one view; whoever asks closes the context by the function beside it. */
export async function openPage(browser: Browser, { width, height, scheme }: View): Promise<{ page: Page; close: () => Promise<void> }> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme })
  return { page: await context.newPage(), close: () => context.close() }
}

interface Violation {
  readonly id: string
  readonly impact: string | null
  readonly nodes: readonly { readonly target: readonly string[]; readonly html: string }[]
}

/** Everything that is wrong with how a page looks and what it says to its console, in one view. */
export async function lookAtPage(browser: Browser, url: string, { view, axe, picture }: LookOptions): Promise<readonly string[]> {
  const { page, close } = await openPage(browser, view)
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`missing: ${response.url()}`)
  })
  try {
    await page.goto(url, { waitUntil: 'load' })
    await page.evaluate<unknown>(settled)
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
    if (wide > 0) problems.push(`overflow: the page is ${wide} px wider than its window`)
    await page.evaluate<unknown>(axe)
    const violations = await page.evaluate<readonly Violation[]>(
      'axe.run({ resultTypes: ["violations"] }).then((found) => found.violations)',
    )
    problems.push(...violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(toProblem))
    if (picture !== undefined) await page.screenshot({ path: picture })
    return problems
  } finally {
    await close()
  }
}

/** Code that is wider than its box gets a tab stop by a script of the page; what is looked at before that is not the page. */
const settled = `new Promise((resolve) => {
  const endMs = performance.now() + 5000
  const isSettled = () => [...document.querySelectorAll('pre')].every((pre) => pre.scrollWidth <= pre.clientWidth || pre.tabIndex >= 0)
  const look = () => (isSettled() || performance.now() > endMs ? resolve() : requestAnimationFrame(look))
  look()
})`

interface LookOptions {
  readonly view: View
  readonly axe: string
  /** Where a picture of what is seen first is written. */
  readonly picture?: string
}

function toProblem({ id, impact, nodes }: Violation): string {
  return `${id} (${impact}): ${nodes
    .slice(0, 3)
    .map(({ target }) => target.join(' '))
    .join(', ')}${nodes.length > 3 ? `, and ${nodes.length - 3} more` : ''}`
}
