export interface TokenPlace {
  readonly home: string
  /** Somebody set this home up. */
  readonly isHomeThere: boolean
  /** Private to a user and gone with the session, or the folder for temporary files. */
  readonly runtimeFolder: string
  readonly uid: number
}

/**
 * Where the token lies with which a role of Sanctum is told what to do. In the home; a router that runs from one file needs no home, so
 * without one it lies in a folder of the user's own, which whoever uses it must find closed to others.
 */
export function apiTokenFile({ home, isHomeThere, runtimeFolder, uid }: TokenPlace): string {
  return isHomeThere ? `${home}/secrets/api-token` : `${runtimeFolder.replace(/\/$/, '')}/sanctum-${uid}/api-token`
}
