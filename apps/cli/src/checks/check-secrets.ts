import type { Check, Finding } from '@sanctum/contracts'
import type { CommandContext } from '../command.ts'
import type { DoctorContext } from './doctor-context.ts'

/** Every secret that a service here needs, or will need once it is rendered, is a file that only its owner can read. The content is never read. */
export const checkSecrets: Check<DoctorContext> = {
  id: 'secrets',
  title: 'secret files',
  async run({ command, held, wanted }) {
    const needed = new Map(
      [wanted, held()]
        .flatMap(({ services }) => Object.values(services))
        .flatMap(({ id, run }) => (run?.secrets ?? []).map(({ file }) => [file, id] as const)),
    )
    if (needed.size === 0) return { kind: 'not-applicable', reason: 'no service here needs a secret' }
    const findings = await Promise.all([...needed].map(([file, service]) => judgeFile(command, file, service)))
    return { kind: 'ran', findings: findings.flat() }
  },
}

async function judgeFile({ ports }: CommandContext, file: string, service: string): Promise<Finding[]> {
  const mode = await ports.files.readMode(file)
  const shown = ports.files.toShown(file)
  if (mode === null)
    return [
      {
        code: 'SECRET_MISSING',
        severity: 'error',
        message: `${service} needs a secret, but ${shown} does not exist`,
        subject: shown,
        evidence: { expected: 'a file with mode 0600', observed: 'no file' },
        fix: {
          text: `Write the secret into the file; the value is read from what you type.`,
          command: `(umask 077 && cat > ${shown})`,
          safe: true,
        },
      },
    ]
  if ((mode & 0o077) === 0) return []
  return [
    {
      code: 'SECRET_EXPOSED',
      severity: 'error',
      message: `${shown} can be read by others, so ${service} refuses to start`,
      subject: shown,
      evidence: { expected: '0600', observed: `0${(mode & 0o777).toString(8)}` },
      fix: { text: 'Keep it to its owner.', command: `chmod 600 ${shown}`, safe: true },
    },
  ]
}
