import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Credential, TargetDefinition } from '../config/router-definition.ts'

/** Where secrets come from. */
export interface SecretReaders {
  /** A variable of the environment, or null. */
  readonly variable: (name: string) => string | null
  /** A file under secrets/, or null where it is missing or not readable. */
  readonly secret: (name: string) => string | null
}

/** What a target needs to know who we are, and we who it is. */
export interface Identity {
  /** What is wrong with it: it is not used then, and never in a weaker way. Null: fine. Clients may read it: files by name, without their path. */
  readonly problem: string | null
  readonly authorization: string | null
  readonly secureContext: SecureContext | null
  /** When the own certificate runs out, by the wall clock. */
  readonly expiresAtMs: number | null
  /** Changes with what it was made from. */
  readonly stamp: string
}

/** Reads credential and certificates. What is missing, unreadable or expired is told as a problem, not thrown. */
export function readIdentity(target: TargetDefinition, readers: SecretReaders, wallMs: number): Identity {
  const credential = readCredential(target.credential, readers)
  const stamp = stampOf(target, credential.value)
  const closed = (problem: string, expiresAtMs: number | null = null): Identity => ({
    problem,
    authorization: null,
    secureContext: null,
    expiresAtMs,
    stamp,
  })
  if (credential.problem !== null) return closed(credential.problem)
  const authorization = credential.value === null ? null : `Bearer ${credential.value}`
  const isTls = target.url.startsWith('https:')
  if (target.tls === null) return { problem: null, authorization, secureContext: null, expiresAtMs: null, stamp }
  if (!isTls) return closed('certificates are given and its address is plain http')
  const files = readFiles(target.tls)
  if (files.problem !== null) return closed(files.problem)
  const { ca, cert, key } = files
  const expiresAtMs = cert === null ? null : expiryOf(cert)
  if (expiresAtMs !== null && expiresAtMs <= wallMs) return closed('the client certificate has expired', expiresAtMs)
  try {
    const secureContext = createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) })
    return { problem: null, authorization, secureContext, expiresAtMs, stamp }
  } catch {
    return closed('certificate and key cannot be read or do not belong together', expiresAtMs)
  }
}

/** Digest of sizes and times: whether {@link readIdentity} would give something else. */
export function stampOfIdentity(target: TargetDefinition, readers: SecretReaders): string {
  return stampOf(target, readCredential(target.credential, readers).value)
}

function readCredential(credential: Credential, readers: SecretReaders): { value: string | null; problem: string | null } {
  switch (credential.kind) {
    case 'none':
      return { value: null, problem: null }
    case 'environment':
      return given(readers.variable(credential.variable), `the variable ${credential.variable} is not set`)
    case 'secret':
      return given(readers.secret(credential.name), `the secret ${credential.name} is missing or not readable`)
    case 'file':
      return given(
        readQuietly(credential.path)?.toString('utf8') ?? null,
        `the key file ${basename(credential.path)} is missing or not readable`,
      )
  }
}

function given(value: string | null, problem: string): { value: string | null; problem: string | null } {
  const trimmed = value?.trim() ?? ''
  // A line break in a header would be a header of its own.
  return trimmed === '' || /[\r\n\0]/.test(trimmed) ? { value: null, problem } : { value: trimmed, problem: null }
}

type TlsFiles = NonNullable<TargetDefinition['tls']>

function readFiles(tls: TlsFiles): { problem: string | null; ca: Buffer | null; cert: Buffer | null; key: Buffer | null } {
  const read = { problem: null as string | null, ca: null as Buffer | null, cert: null as Buffer | null, key: null as Buffer | null }
  const wanted = [
    ['ca', tls.caFile],
    ['cert', tls.certFile],
    ['key', tls.keyFile],
  ] as const
  for (const [name, path] of wanted) {
    if (path === null) continue
    const content = readQuietly(path)
    if (content === null || content.length === 0) read.problem ??= `the ${words[name]} ${basename(path)} is missing, empty or not readable`
    read[name] = content
  }
  if (read.problem === null && (read.cert === null) !== (read.key === null)) read.problem = 'of certificate and key only one is given'
  return read
}

const words = { ca: 'CA certificate', cert: 'client certificate', key: 'client key' } as const

function readQuietly(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}

function expiryOf(cert: Buffer): number | null {
  try {
    return new X509Certificate(cert).validToDate.getTime()
  } catch {
    return null
  }
}

function stampOf(target: TargetDefinition, credential: string | null): string {
  const { caFile = null, certFile = null, keyFile = null } = target.tls ?? {}
  const files = [caFile, certFile, keyFile].map((path) => (path === null ? '' : fileStamp(path)))
  return [credential ?? '', ...files].join('\n')
}

function fileStamp(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path)
    return `${ino} ${size} ${mtimeMs}`
  } catch {
    return 'missing'
  }
}
