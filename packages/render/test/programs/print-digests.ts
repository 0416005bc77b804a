import type { Haus } from '@sanctum/contracts'
import { renderHaus } from '@sanctum/render'
import { sha256 } from '@sanctum/testkit/node'
import { buildManoirLike } from '../hauses/build-manoir-like.ts'
import { buildStarterLike } from '../hauses/build-starter-like.ts'

const managers: readonly Haus['manager'][] = [
  { kind: 'systemd-system', version: 252 },
  { kind: 'systemd-user', version: 255 },
  { kind: 'launchd', version: 15 },
  { kind: 'embedded', version: null },
]

for (const manager of managers)
  for (const haus of [buildStarterLike(manager), buildManoirLike(manager)])
    process.stdout.write(`${manager.kind} ${sha256(JSON.stringify(renderHaus(haus, { digest: sha256 })))}\n`)
