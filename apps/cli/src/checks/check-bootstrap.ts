import type { Check } from '@sanctum/contracts'
import { toNotBootstrapped } from '../haus/require-generation.ts'
import type { DoctorContext } from './doctor-context.ts'

/** This machine has a node id and a generation. */
export const checkBootstrap: Check<DoctorContext> = {
  id: 'bootstrap',
  title: 'set up',
  run({ command: { ports }, isBare }) {
    if (!isBare()) return { kind: 'ran', findings: [], proof: 'this machine has a generation' }
    return { kind: 'ran', findings: [toNotBootstrapped(ports.files.toShown(ports.home))] }
  },
}
