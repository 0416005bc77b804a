import { describe, expect, it } from 'vitest'
import type { Directive } from './directives.ts'
import { toUnitText } from './to-unit-text.ts'

const write = (key: Directive, value: string | readonly string[]) => toUnitText({ name: 'x.service', entries: [{ key, value }] })
const lineOf = (key: Directive, value: string | readonly string[]) => write(key, value).text.split('\n')[1]

describe('toUnitText', () => {
  it.each([
    ['Description', 'Force Flow 100%', 'Description=Force Flow 100%%'],
    ['Description', 'say "hi" \\ $HOME', 'Description=say "hi" \\ $HOME'],
    ['Description', '', 'Description='],
    [
      'ExecStart',
      ['/opt/x', 'a b', '', ';', '$HOME', '%h', '"', "'", '\\'],
      `ExecStart=:/opt/x "a b" "" ";" "$HOME" "%%h" "\\"" "'" "\\\\"`,
    ],
    ['ExecStart', ['/opt/a b', '-n'], 'ExecStart=:"/opt/a b" -n'],
    ['ExecReload', ['/bin/kill', '-s', 'HUP', '$MAINPID'], 'ExecReload=/bin/kill -s HUP $MAINPID'],
    ['Environment', 'A=b c%', 'Environment="A=b c%%"'],
    ['WorkingDirectory', '/srv/a b%', 'WorkingDirectory=/srv/a b%%'],
    ['StandardOutput', '/l/x y.log', 'StandardOutput=append:/l/x y.log'],
    ['ReadWritePaths', ['-/a b', '-/c'], 'ReadWritePaths="-/a b" -/c'],
    ['After', ['a.service', 'b@1.timer'], 'After=a.service b@1.timer'],
    ['CapabilityBoundingSet', '', 'CapabilityBoundingSet='],
  ] as const)('%s %j', (key, value, line) => {
    expect(write(key, value).problems).toEqual([])
    expect(lineOf(key, value)).toBe(line)
  })

  it.each([
    ['Description', ' leading', 'VALUE_NOT_CARRIED'],
    ['Description', 'trailing\t', 'VALUE_NOT_CARRIED'],
    ['Description', 'ends in \\', 'VALUE_NOT_CARRIED'],
    ['Description', 'a\nb', 'VALUE_NOT_CARRIED'],
    ['ExecStart', ['/x', 'a\rb'], 'VALUE_NOT_CARRIED'],
    ['ExecStart', ['/x', 'a'.repeat(131_072)], 'VALUE_TOO_LONG'],
    ['WorkingDirectory', 'srv', 'PATH_NOT_ABSOLUTE'],
    ['WorkingDirectory', '/a/../b', 'PATH_NOT_ABSOLUTE'],
    ['ReadWritePaths', ['-a'], 'PATH_NOT_ABSOLUTE'],
    ['User', '', 'VALUE_NOT_CARRIED'],
    ['User', 'neo\n', 'VALUE_NOT_CARRIED'],
    ['Type', 'exec%h', 'VALUE_NOT_CARRIED'],
    ['After', ['a b.service'], 'VALUE_NOT_CARRIED'],
    ['After', ['template@.service'], 'VALUE_NOT_CARRIED'],
  ] as const)('%s %j is refused and left out', (key, value, code) => {
    const { problems, text } = write(key, value)
    expect(problems.map((problem) => problem.code)).toEqual([code])
    expect(text).toBe('')
  })

  it('puts each directive into its section', () => {
    const entries = [
      { key: 'WantedBy', value: ['default.target'] },
      { key: 'Type', value: 'exec' },
      { key: 'Description', value: 'x' },
    ] as const
    expect(toUnitText({ name: 'x.service', entries }).text).toBe(
      '[Unit]\nDescription=x\n\n[Service]\nType=exec\n\n[Install]\nWantedBy=default.target\n',
    )
  })
})
