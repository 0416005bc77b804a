import type { Haus } from '@sanctum/contracts'
import { withHashHeader } from '../header.ts'
import { mlxServerWithCaps } from '../programs/mlx-server-with-caps.ts'
import { waitForPaths } from '../programs/wait-for-paths.ts'
import { withSecrets } from '../programs/with-secrets.ts'
import type { Target } from '../target.ts'

interface Program {
  readonly firstLine: string
  readonly text: string
  /** Missing: every host has it. */
  readonly isNeeded?: (haus: Haus) => boolean
}

const programs: Readonly<Record<string, Program>> = {
  'mlx-server-with-caps': {
    firstLine: '#!/usr/bin/env python3',
    text: mlxServerWithCaps,
    isNeeded: ({ services }) =>
      Object.values(services).some(({ run }) => run?.command.some((word) => word.endsWith('/bin/mlx-server-with-caps'))),
  },
  'wait-for-paths': { firstLine: '#!/bin/sh', text: waitForPaths },
  'with-secrets': { firstLine: '#!/bin/sh', text: withSecrets },
}

/** `bin/…`: the constant scripts that units start through. Nothing of the haus is in them. */
export const renderPrograms: Target = ({ haus, digest }) => ({
  drafts: Object.entries(programs)
    .filter(([, { isNeeded }]) => isNeeded?.(haus) ?? true)
    .map(([name, { firstLine, text }]) => ({
      target: 'programs' as const,
      subject: name,
      path: `bin/${name}`,
      publish: null,
      mode: '0755',
      content: `${firstLine}\n${withHashHeader('Sanctum itself', text, digest)}`,
      unit: null,
    })),
  findings: [],
})
