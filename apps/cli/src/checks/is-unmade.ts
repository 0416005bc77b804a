/** Nobody could look, or it waits for another check: neither good nor bad, and never well. Also of what another revision printed. */
export function isUnmade({ verdict }: { readonly verdict: string | undefined }): boolean {
  return verdict === 'could-not-check' || verdict === 'blocked'
}
