import type { Finding, Step } from '@sanctum/contracts'
import { homeLayout } from '@sanctum/generations'
import type { DoctorContext } from '../checks/doctor-context.ts'
import type { Fixer, SafeFix } from './fixer.ts'

/** A secret of ours that others can read is closed to them. */
export const fixModes: Fixer = {
  codes: ['SECRET_EXPOSED'],
  plan: (context, findings) =>
    forEach(findings, async (finding) => {
      const { command } = context
      const path = await findOwn(context, finding)
      if (path === null) return null
      return { findings: [finding], steps: [`chmod 600 ${finding.subject}`], apply: () => command.ports.files.setMode(path, 0o600) }
    }),
}

/** A pid file of ours that names nobody is removed. */
export const fixPidFiles: Fixer = {
  codes: ['PID_FILE_DEAD'],
  plan: (context, findings) =>
    forEach(findings, async (finding) => {
      const { ports } = context.command
      const path = await findOwn(context, finding)
      if (path === null || !path.startsWith(`${ports.home}/`)) return null
      const steps: Step[] = [{ do: 'remove-file', path }]
      return { findings: [finding], steps: [`remove ${finding.subject}`], apply: () => ports.files.perform(steps, ports.home) }
    }),
}

/** A pointer that leads nowhere: `confirmed` goes, `current` goes back to what was confirmed. */
export const fixPointers: Fixer = {
  codes: ['POINTER_DAMAGED'],
  plan: ({ command: { ports } }, findings) =>
    forEach(findings, async (finding) => {
      const { current, confirmed } = homeLayout(ports.home)
      const generations = ports.generations([])
      const pointers = generations.readPointers()
      if (finding.subject === confirmed)
        return {
          findings: [finding],
          steps: ['remove the pointer confirmed; the next healthy sanctumctl up sets it again'],
          apply: () =>
            ports.files.perform(
              [
                { do: 'remove-file', path: confirmed },
                { do: 'sync-directory', path: ports.home },
              ],
              ports.home,
            ),
        }
      if (finding.subject !== current || pointers.confirmed.kind !== 'set') return null
      const { number } = pointers.confirmed
      if (generations.read(number).kind !== 'whole') return null
      const beside = `${ports.home}/.current.sanctum-new`
      return {
        findings: [finding],
        steps: [`point current at generation ${number}, which was confirmed and is whole`],
        apply: () =>
          ports.files.perform(
            [
              { do: 'remove-file', path: beside },
              { do: 'link', path: beside, to: `generations/${number}` },
              { do: 'rename', from: beside, to: current },
              { do: 'sync-directory', path: ports.home },
            ],
            ports.home,
          ),
      }
    }),
}

async function forEach(findings: readonly Finding[], plan: (finding: Finding) => Promise<SafeFix | null>): Promise<SafeFix[]> {
  return (await Promise.all(findings.map(plan))).filter((fix) => fix !== null)
}

/** The absolute path that a finding shows, if the file belongs to the operator; null for what is foreign or gone. */
async function findOwn({ wanted: { host }, inspect }: DoctorContext, { subject = '' }: Finding): Promise<string | null> {
  const path = subject.startsWith('~/') ? `${host.user.home}${subject.slice(1)}` : subject
  if (!path.startsWith('/')) return null
  const seen = await (await inspect()).owner(path)
  return seen?.uid === host.user.uid ? path : null
}
