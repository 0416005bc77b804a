/** Numbers from 0 up to the limit, which is 1 unless said otherwise; the same ones after the same seed (mulberry32). */
export function createRandom(seed: number): (limit?: number) => number {
  let state = seed | 0
  return (limit = 1) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit
  }
}
