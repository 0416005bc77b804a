import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { listCheckout } from './list-checkout.ts'

/** Nothing that belongs to one machine or one person is checked in: its folders, its address, its keys. */
export async function checkNoLeaks(root: string): Promise<readonly string[]> {
  return listCheckout(root, { links: true }).flatMap((file) => {
    if (file === 'pnpm-lock.yaml' || exceptions[file] !== undefined) return []
    const text = readEntry(join(root, file))
    if (text.includes('\0')) return []
    return rules
      .filter(({ outside }) => !outside?.test(file))
      .flatMap((rule) => leaksIn(text, rule).map(({ line, found }) => `${file}:${line}: "${found}" ${rule.why}`))
  })
}

/** Of a link what is checked in: the name of its target. */
function readEntry(path: string): string {
  return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : readFileSync(path, 'utf8')
}

/** Files whose subject are such folders, and which hold nothing of a real machine. */
const exceptions: Readonly<Record<string, string>> = {
  'packages/host-resolver/src/built-in/hardwired-paths.ts': 'the table of folders that `host audit` looks for',
  'packages/host-resolver/test/cases/audits.ts': 'the cases of that table',
}

interface Rule {
  readonly pattern: RegExp
  readonly why: string
  /** Files in which it is the subject. */
  readonly outside?: RegExp
  readonly allows?: (match: RegExpExecArray) => boolean
}

/** People and machines that do not exist. */
const invented = new Set(['neo', 'ubuntu', 'sanctum', 'runner', 'user', 'you', 'me', 'someone', 'alice', 'bob', 'shared', 'linuxbrew'])

// Written in pieces, so that this file does not find itself.
const rules: readonly Rule[] = [
  { pattern: /(?<![\w.~/$}-])\/wo[r]k\/[\w.-]*/g, why: 'is a folder of one machine' },
  {
    pattern: /(?<![\w.~/$}-])\/roo[t]\/[\w.-]*/g,
    why: 'is a folder of one machine',
    // The saved facts of a machine whose systemd belongs to its root, and what is rendered from them.
    outside: /^(?:catalogs\/facts\/vm\.json|apps\/cli\/test\/catalogs\/golden\/\w+-on-vm\/.+)$/,
  },
  { pattern: /(?:\.\.\/)+shar[e]d\/[\w-]+\.md/g, why: 'is a folder of one machine' },
  {
    pattern: /(?<![\w.~])\/(?:home|Users)\/([A-Za-z][\w.-]*)/g,
    why: 'is the home of somebody; take an invented name such as /home/neo',
    allows: ([, name = '']) => invented.has(name.toLowerCase()),
  },
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KE[Y]-----(?:\\n|\s)+[\w+/]{48}/g, why: 'is a private key' },
  {
    pattern:
      /\b(?:gh[pousr]_[A-Za-z0-9]{36}|AKIA[A-Z0-9]{16}|xox[abp]-[\w-]{20,}|sk-(?:ant-|proj-)?[A-Za-z0-9]{32,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})/g,
    why: 'looks like a key that opens something; make one that cannot, such as one of a repeated letter',
    allows: ([key]) => new Set(key.slice(-16)).size <= 4 || /EXAMPLE|example|FAKE|fake/.test(key),
  },
  {
    pattern: /\b[\w.+-]+@([\w-]+\.)+([a-z]{2,})\b/gi,
    why: 'is an address of somebody; take one at example.org',
    allows: ([address, , end = '']) =>
      /@(?:[\w-]+\.)*example\.\w+$|\.example$|\.invalid$|\.test$|@users\.noreply/i.test(address) ||
      /^(?:service|timer|target|socket|slice|sock|js|ts|json|md|yaml|plist|local|home|internal)$/.test(end),
  },
]

function leaksIn(text: string, { pattern, allows }: Rule): readonly { line: number; found: string }[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const line = text.slice(0, match.index).split('\n').length
    return allows?.(match as RegExpExecArray) ? [] : [{ line, found: match[0] }]
  })
}
