/** Who listens on a TCP port, as far as the system says. */
export async function findOwner(_port: number): Promise<string | null> {
  return null
}
