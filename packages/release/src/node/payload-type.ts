/** Of what is signed: the type that in-toto gives its statements. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json'
