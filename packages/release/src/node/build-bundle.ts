import { bundleToJSON } from '@sigstore/bundle'
import { CIContextProvider, DSSEBundleBuilder, FulcioSigner, RekorWitness, type Signer } from '@sigstore/sign'
import { PAYLOAD_TYPE } from './payload-type.ts'
import type { SigningServices } from './signing-services.ts'

/** The text of a Sigstore bundle; without a signer the identity of the CI run signs. A module of its own, because what it brings is large. */
export async function buildBundle(payload: string, signer: Signer | null, services?: SigningServices): Promise<string> {
  const builder =
    signer === null
      ? new DSSEBundleBuilder({
          signer: new FulcioSigner({
            identityProvider: new CIContextProvider('sigstore'),
            ...(services === undefined ? {} : { fulcioBaseURL: services.fulcio }),
          }),
          witnesses: [new RekorWitness(services === undefined ? {} : { rekorBaseURL: services.rekor })],
        })
      : new DSSEBundleBuilder({ signer, witnesses: [] })
  const bundle = await builder.create({ data: Buffer.from(payload), type: PAYLOAD_TYPE })
  return `${JSON.stringify(bundleToJSON(bundle), null, 2)}\n`
}
