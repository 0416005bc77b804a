import type { PlantedFault } from '../../../tools/prove/planted-fault.ts'

/** The faults planted in the commit protocol. */
export const plantedRows: readonly PlantedFault[] = []
