/** Thrown by a check that cannot be made before what another one found is mended; the message names that one. */
export class Blocked extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Blocked'
  }
}
