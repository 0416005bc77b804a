// sanctum-audit-ignore-file: they are what the audit must find
import { auditText } from '@sanctum/host-resolver'
import { describe, expect, it } from 'vitest'

const audit = (text: string) =>
  auditText({ file: 'x', text }).map(({ code, at, evidence }) => `${code} ${at?.line}:${at?.column} ${evidence?.observed ?? ''}`.trim())

describe('auditText', () => {
  it.each([
    'GET /health and /api/v1/status',
    'https://example.org/home/neo/page',
    '"$ROOT/home/neo"',
    '${paths.projects}/x and ${host.home}/Projects',
    '~/.sanctum/instance.yaml',
    '/Users/Shared/models',
    '/homely/neo /rooted/x /optical/homebrew',
    'a ~ b, ~5, ~/ alone, /home, /Users/',
    '/usr/local/bin/tool and /opt/sanctum/bin',
    'foo~bar/baz',
    '/Users/<name>/x and /home/$USER/x and /home/${USER}',
  ])('is content with %s', (text) => {
    expect(audit(text)).toEqual([])
  })

  it('finds each place once, the more special word first', () => {
    expect(audit('a\n  x: /opt/homebrew/bin/node /Users/neo/a:/home/neo/b\n/home/linuxbrew/.linuxbrew/bin')).toEqual([
      'HARDWIRED_PROGRAM 2:6 /opt/homebrew/bin/node',
      'HARDWIRED_HOME 2:29 /Users/neo/a',
      'HARDWIRED_HOME 2:42 /home/neo/b',
      'HARDWIRED_PROGRAM 3:1 /home/linuxbrew/.linuxbrew/bin',
    ])
  })

  it('leaves out the line of a comment, or the line below it', () => {
    expect(audit('cd /Users/neo # sanctum-audit-ignore: the account of the builder\ncd /Users/neo')).toEqual([
      'HARDWIRED_HOME 2:4 /Users/neo',
    ])
    expect(audit('# sanctum-audit-ignore: an example\ncd /Users/neo\ncd /Users/neo')).toEqual(['HARDWIRED_HOME 3:4 /Users/neo'])
    expect(audit('<!-- sanctum-audit-ignore: an example -->\n/Users/neo')).toEqual([])
  })

  it('leaves out a whole file, if it says so early', () => {
    expect(audit('cd /Users/neo\n// sanctum-audit-ignore-file: golden output\ncd /home/neo')).toEqual([])
    expect(audit(`${'\n'.repeat(25)}# sanctum-audit-ignore-file: too late\ncd /home/neo`)).toEqual(['HARDWIRED_HOME 27:4 /home/neo'])
  })

  it('does not obey a comment without a reason', () => {
    expect(audit('cd /Users/neo // sanctum-audit-ignore:')).toEqual(['IGNORE_WITHOUT_REASON 1:18', 'HARDWIRED_HOME 1:4 /Users/neo'])
  })

  it('stays quick on a long line of nothing', () => {
    const before = performance.now()
    expect(audit(`${'~a/'.repeat(50_000)} ${'/home'.repeat(50_000)}`).length).toBeGreaterThan(0)
    expect(performance.now() - before).toBeLessThan(4000)
  })
})
