const USUAL = 100

/** How wide text may be. A terminal that was given no size says 0 (`docker exec -t`, `script`), which is none and not the narrowest. */
export function countColumns(seen: number | undefined, said: string | undefined): number {
  return seen || Number(said) || USUAL
}
