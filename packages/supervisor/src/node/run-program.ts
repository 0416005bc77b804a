import { execFile } from 'node:child_process'

export interface ProgramEnd {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. What it says and how it ends is data; only a program that is not there throws. */
export type RunProgram = (program: string, args: readonly string[], options?: { readonly timeoutMs?: number }) => Promise<ProgramEnd>

/** The program that was asked for could not be run. */
const NOT_FOUND = 127
/** It was ended because it took too long. */
export const TOOK_TOO_LONG = 124

export const runProgram: RunProgram = (program, args, { timeoutMs = 120_000 } = {}) =>
  new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: 'C', SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '' }
    execFile(program, [...args], { timeout: timeoutMs, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: codeOf(error), stdout, stderr: stderr === '' && error !== null ? error.message : stderr })
    })
  })

function codeOf(error: (Error & { code?: number | string | null; killed?: boolean }) | null): number {
  if (error === null) return 0
  if (error.killed === true) return TOOK_TOO_LONG
  return typeof error.code === 'number' ? error.code : NOT_FOUND
}
