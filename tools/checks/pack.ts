import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'
import type { Room } from './workspace-files.ts'

/** Packs a built package as it would be published, hands the archive over, and removes it. */
export async function withPacked<T>(root: string, room: Room, use: (archive: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pack-'))
  try {
    const complaints = await runProgram(join(root, room.path), 'pnpm', ['pack', '--pack-destination', folder])
    if (complaints.length > 0) throw new Error(`${room.path} cannot be packed: ${complaints.join('\n')}`)
    return await use(join(folder, `sanctum-${room.name}-${room.manifest.version}.tgz`))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
