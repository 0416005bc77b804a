import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the part of the heap in which everything begins as small as it is, until what is returned is called. What a start loads lives on, so
 * each look at it doubles that part for objects which are none of it: 5 MB of a process that has little to do afterwards.
 */
export function holdNurserySmall(): () => void {
  setFlagsFromString('--semi-space-growth-factor=1')
  return () => setFlagsFromString('--semi-space-growth-factor=2')
}
