/** Addresses of who gives certificates to identities (Fulcio), and of the log that takes signatures in (Rekor). */
export interface SigningServices {
  readonly fulcio: string
  readonly rekor: string
}
