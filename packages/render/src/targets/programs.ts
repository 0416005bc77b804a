import { withHashHeader } from '../header.ts'
import { waitForPaths } from '../programs/wait-for-paths.ts'
import { withSecrets } from '../programs/with-secrets.ts'
import type { Target } from '../target.ts'

/** `bin/…`: the constant scripts that units start through. Nothing of the haus is in them. */
export const renderPrograms: Target = ({ digest }) => ({
  drafts: Object.entries({ 'wait-for-paths': waitForPaths, 'with-secrets': withSecrets }).map(([name, script]) => ({
    target: 'programs' as const,
    subject: name,
    path: `bin/${name}`,
    publish: null,
    mode: '0755',
    content: `#!/bin/sh\n${withHashHeader('Sanctum itself', script, digest)}`,
    unit: null,
  })),
  findings: [],
})
