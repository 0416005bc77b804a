import { execFile } from 'node:child_process'

export interface ProgramEnd {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. What it says and how it ends is data; a program that is not there ends with 127. */
export type RunProgram = (program: string, args: readonly string[], options?: { readonly timeoutMs?: number }) => Promise<ProgramEnd>

/** Words that a program can read, whatever language its user does. */
const plainWords = ['LC_ALL=C', 'SYSTEMD_COLORS=0', 'SYSTEMD_PAGER=']

/** The program that was asked for could not be run. */
const NOT_FOUND = 127
/** It was ended because it took too long. */
export const TOOK_TOO_LONG = 124

export const runProgram: RunProgram = (program, args, { timeoutMs = 120_000 } = {}) =>
  new Promise((resolve) => {
    execFile(
      '/usr/bin/env',
      [...plainWords, program, ...args],
      { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ code: codeOf(error), stdout, stderr: stderr === '' && error !== null ? error.message : stderr })
      },
    )
  })

function codeOf(error: (Error & { code?: number | string | null; killed?: boolean }) | null): number {
  if (error === null) return 0
  if (error.killed === true) return TOOK_TOO_LONG
  return typeof error.code === 'number' ? error.code : NOT_FOUND
}
