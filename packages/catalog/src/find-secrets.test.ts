import { describe, expect, it } from 'vitest'
import { composeTree } from './compose-tree.ts'
import { findSecrets } from './find-secrets.ts'
import type { Located } from './located.ts'

function count(text: string): number {
  return findSecrets(composeTree(text, 'a.yaml').root as Located).length
}

describe('secrets', () => {
  it.each([
    'password: hunter2-hunter2',
    'OPENROUTER_API_KEY: abcdefgh',
    'apiKey: abcdefgh',
    'client_secret: abcdefgh',
    'github-token: abcdefgh',
    'args: [--password, hunter2-hunter2]',
    'args: [--api-key=hunter2-hunter2]',
    'note: "Authorization: Bearer abcdefghijklmnop"',
    'url: postgres://neo:hunter2@10.10.10.10/haus',
    'url: ab://u:p@',
    'a: { b: [{ note: ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }] }',
    'key: "-----BEGIN OPENSSH PRIVATE KEY-----"',
    'x: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc',
  ])('%s', (text) => {
    expect(count(text)).toBe(1)
  })

  it.each([
    'password: ${secret:bridge}',
    'token: ${env:TOKEN}',
    'api_key_env: OPENROUTER_API_KEY',
    'api_key_secret: openrouter-main',
    'token_path: /home/neo/.sanctum/secrets/bridge',
    'token: ~/.sanctum/secrets/bridge',
    'secrets: { TOKEN: { secret: bridge-token, as: file } }',
    'keychain_account: sanctum-backup',
    'max_tokens: 4096',
    'args: [--token, --verbose]',
    'args: [--token-file, /run/token]',
    'args: [no-token, hunter2-hunter2]',
    'url: http://127.0.0.1:8900/v1',
    'url: http://${env:USER}:${secret:bridge}@10.10.10.1/',
    'note: the secret of a good haus',
    'image: ghcr.io/haus/ha@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'token: true',
  ])('%s is none', (text) => {
    expect(count(text)).toBe(0)
  })
})
