export { keepKey } from './keep-key.ts'
export { type Origin, packArchive, restamp } from './pack-archive.ts'
export { readReleaseFolder, type SeenRelease } from './read-release-folder.ts'
export { readSignature } from './read-signature.ts'
export { createKey, fingerprintOf, readPublicKey, type SigningOptions, signStatement } from './sign-statement.ts'
export type { SigningServices } from './signing-services.ts'
export {
  distrust,
  introduceKey,
  listTrusted,
  parseTrustedIdentity,
  readTrust,
  type Trust,
  type TrustedSigner,
  type TrustedSigners,
  trustIdentity,
  trustKey,
  writeTrust,
} from './trust-folder.ts'
export { fingerprintOfIdentity } from './trusted-root.ts'
export { checkReleaseFolder, type ReleaseParts, toFiles, type WrittenRelease, writeRelease } from './write-release.ts'
