import { auditText } from '@sanctum/host-resolver'
import type { Case } from './case.ts'

const audit = (text: string) => () => auditText({ file: 'run.sh', text })

/** Paths of one machine in files of anybody. sanctum-audit-ignore-file: they are what the audit must find */
export const auditCases: readonly Case[] = [
  { name: 'the home of a person on a Mac', findings: audit('#!/bin/sh\ncd /Users/neo/.openclaw\n'), code: 'HARDWIRED_HOME', at: 'run.sh:2:4', fix: '${host.home}/.openclaw' },
  { name: 'the home of a person on Linux', findings: audit('WorkingDirectory=/home/neo/haus'), code: 'HARDWIRED_HOME', at: 'run.sh:1:18', fix: '${host.home}/haus' },
  { name: 'the home of root', findings: audit('key: "/root/.ssh/id_ed25519"'), code: 'HARDWIRED_HOME', at: 'run.sh:1:7', fix: '${host.home}/.ssh/id_ed25519' },
  { name: 'the home of somebody else', findings: audit('cat ~neo/.profile'), code: 'HARDWIRED_HOME', at: 'run.sh:1:5', fix: '${host.home}/.profile' },
  { name: 'a working copy', findings: audit('python3 ~/Projects/openclaw-skills/x.py'), code: 'HARDWIRED_PROJECTS', at: 'run.sh:1:9', fix: '${paths.projects}/openclaw-skills/x.py' },
  { name: 'a working copy by variable', findings: audit('cd "$HOME/Documents/Claude_Code"'), code: 'HARDWIRED_PROJECTS', at: 'run.sh:1:5', fix: '${paths.projects}/Claude_Code' },
  { name: 'a program of Homebrew', findings: audit('exec /opt/homebrew/bin/node server.js'), code: 'HARDWIRED_PROGRAM', at: 'run.sh:1:6', fix: 'Name the program alone (node)' },
  { name: 'a disk', findings: audit('REPO=/Volumes/T9/sanctum-restic'), code: 'HARDWIRED_VOLUME', at: 'run.sh:1:6', fix: 'Declare /Volumes/T9' },
  {
    name: 'a comment that silences without a reason',
    findings: audit('cd /Users/neo # sanctum-audit-ignore'),
    code: 'IGNORE_WITHOUT_REASON',
    at: 'run.sh:1:17',
    fix: 'why this path may stay',
    besides: ['HARDWIRED_HOME'],
  },
]
