import type { Check } from '@sanctum/contracts'
import { judgeDisks } from './deep/check-capacity.ts'
import type { DoctorContext } from './doctor-context.ts'

/** The disk of the home has room: where it has none, much else fails and does not say why. */
export const checkRoom: Check<DoctorContext> = {
  id: 'room',
  title: 'room for the home',
  async run({ command: { ports }, inspect }) {
    const seen = await (await inspect()).disk(ports.home)
    return { kind: 'ran', findings: judgeDisks([{ path: ports.files.toShown(ports.home), seen }]) }
  },
}
