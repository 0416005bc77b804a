import type { RenderTarget } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { type DefinitionChange, judgeDefinition } from './judge-definition.ts'

const service = (lines: string) => `# made from x\n[Unit]\nDescription=Voice\n\n[Service]\nExecStart=/opt/voice\n${lines}`
const job = (body: string) => `<?xml version="1.0"?>\n<!-- made from x -->\n<plist version="1.0">\n<dict>${body}</dict>\n</plist>\n`
const unit = (over: object) => JSON.stringify({ source: 'x', digest: 'a', title: 'Voice', command: ['/opt/voice'], env: {}, ...over })

type Case = [title: string, target: RenderTarget, path: string, before: string | null, after: string, expected: DefinitionChange]
const cases: Case[] = [
  ['the same text', 'systemd', 'a.service', service(''), service(''), 'same'],
  ['another comment', 'systemd', 'a.service', service(''), service('# y\n'), 'same'],
  ['another description', 'systemd', 'a.service', service(''), service('').replace('Voice', 'Speech'), 'policy'],
  ['another restart policy', 'systemd', 'a.service', service('Restart=no\n'), service('Restart=always\nRestartSec=1s\n'), 'policy'],
  ['another dependency', 'systemd', 'a.service', service(''), service('').replace('[Service]', 'Requires=b.service\n[Service]'), 'policy'],
  ['another program', 'systemd', 'a.service', service(''), service('').replace('/opt/voice', '/opt/speech'), 'process'],
  ['another variable', 'systemd', 'a.service', service(''), service('Environment=A=b\n'), 'process'],
  ['another sandbox', 'systemd', 'a.service', service(''), service('ProtectHome=yes\n'), 'process'],
  ['a directive that nobody here knows', 'systemd', 'a.service', service(''), service('Unheard=of\n'), 'process'],
  ['a timer with another time', 'systemd', 'a.timer', '[Timer]\nOnCalendar=daily\n', '[Timer]\nOnCalendar=weekly\n', 'process'],
  ['a timer with another description', 'systemd', 'a.timer', '[Unit]\nDescription=a\n', '[Unit]\nDescription=b\n', 'policy'],
  ['a plist with another comment', 'launchd', 'a.plist', job(''), job('').replace('made from x', 'made from y'), 'same'],
  ['a plist with another key', 'launchd', 'a.plist', job(''), job('<key>KeepAlive</key><true/>'), 'process'],
  ['another source', 'embedded', 'a.json', unit({}), unit({ source: 'y', digest: 'b' }), 'same'],
  ['another title', 'embedded', 'a.json', unit({}), unit({ title: 'Speech', digest: 'b' }), 'policy'],
  ['another probe', 'embedded', 'a.json', unit({}), unit({ readiness: { type: 'tcp' } }), 'policy'],
  ['another command', 'embedded', 'a.json', unit({}), unit({ command: ['/opt/speech'] }), 'process'],
  ['another variable', 'embedded', 'a.json', unit({}), unit({ env: { A: 'b' } }), 'process'],
  [
    'another command of a job that waits for its time',
    'embedded',
    'a.json',
    unit({ kind: 'periodic' }),
    unit({ kind: 'periodic', command: ['/x'] }),
    'policy',
  ],
  ['what is no definition', 'embedded', 'a.json', unit({}), 'nonsense', 'process'],
  ['an old text that is not known', 'embedded', 'a.json', null, unit({}), 'process'],
  ['a target without units', 'programs', 'a', 'x', 'y', 'process'],
]

test.each(cases)('%s (%s)', (_, target, path, before, after, expected) => {
  expect(judgeDefinition({ target, path, before, after })).toBe(expected)
})
