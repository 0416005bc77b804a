import type { Finding } from '@sanctum/contracts'
import type { Style } from './style.ts'

/** Something that is other than it should be without being a fault of a service. */
export function renderOther({ message, fix }: Finding, style: Style): string {
  return [`${style.caution('!')} ${message}`, ...(fix?.command === undefined ? [] : [`  next: ${fix.command}`])].join('\n')
}
