import type { FindingCode } from './finding-code.ts'

const exit = 'invalid'

/** Codes about the definition of a router, beyond its text and form. */
export const routerCodes = {
  NO_BACKENDS: {
    severity: 'error',
    title: 'a router without a backend',
    impact: 'It could answer nobody.',
    remedy: 'Name at least one model server under backends.',
    exit,
  },
  BACKEND_ADDRESS: {
    severity: 'error',
    title: 'the address of a backend cannot be used',
    impact: 'No request would arrive there, or a password would stand in logs.',
    remedy: 'Write an http or https address with its version path, such as http://127.0.0.1:8080/v1.',
    exit,
  },
  SECURE_LEAVES_MACHINE: {
    severity: 'error',
    title: 'a secure route with a target that is not on this machine',
    impact: 'When the first target fails, private text would leave the machine.',
    remedy: 'Remove the target, or drop secure: true.',
    exit,
  },
  CLOUD_UNMARKED: {
    severity: 'error',
    title: 'a public address that is not marked as cloud',
    impact: 'Prompts would leave the house, and perhaps cost money, without anybody having said so.',
    remedy: 'Write locality: cloud at this address, or locality: local where the machine is your own.',
    exit,
  },
  BAD_PATTERN: {
    severity: 'error',
    title: 'a model pattern or an intent keyword that cannot match as it is meant',
    impact: 'Requests would take another route than the one that was written for them.',
    remedy: 'Use the plain name, with * for any text and ? for one character. A keyword needs a letter or a digit.',
    exit,
  },
  DUPLICATE_TARGET: {
    severity: 'error',
    title: 'the same target twice in one route',
    impact: 'What has just failed would be asked again as if it were another.',
    remedy: 'Remove one of the two, or give it another model.',
    exit,
  },
  ROUTE_NAME_TAKEN: {
    severity: 'error',
    title: 'two routes for the same model name',
    impact: 'Only the first would ever be asked for it.',
    remedy: 'Leave the name at one of the routes.',
    exit,
  },
  LARGER_CONTEXT: {
    severity: 'error',
    title: 'larger_context leads nowhere, or out of a secure route',
    impact: 'A request that is too long would be refused after all, or private text would leave the machine.',
    remedy: 'Name another backend; for a secure route one that is secure too.',
    exit,
  },
  HALF_IDENTITY: {
    severity: 'error',
    title: 'half of what identifies us to a backend',
    impact: 'The backend would refuse every request, or be asked in plain text.',
    remedy: 'Write client_cert_path and client_key_path together, with an https address, and only one of api_key_env and api_key_secret.',
    exit,
  },
} as const satisfies Record<string, FindingCode>
