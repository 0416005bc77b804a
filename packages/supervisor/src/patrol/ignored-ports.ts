import type { OsFamily } from '@sanctum/contracts'

/**
 * Ports on which machines listen as they come, and why none of them is a ghost. Any other is waived in `waivers.yaml` with a reason,
 * an owner and a day: code LISTENER_UNCATALOGUED, subject such as `tcp 8123`.
 */
export const ignoredPorts: Readonly<Record<number, string>> = {
  22: 'remote login',
  53: 'name service of the system',
  67: 'address service of a network',
  68: 'address of this machine',
  88: 'Kerberos of macOS',
  111: 'port mapper',
  123: 'time',
  137: 'names of file sharing',
  138: 'names of file sharing',
  323: 'time (chrony)',
  445: 'file sharing',
  500: 'IPsec',
  546: 'address of this machine',
  631: 'printing',
  1900: 'discovery of devices',
  3283: 'remote management of macOS',
  4500: 'IPsec',
  5000: 'AirPlay of macOS',
  5353: 'names of the local network',
  5355: 'names of the local network',
  5900: 'screen sharing of macOS',
  7000: 'AirPlay of macOS',
}

/** From here systems hand out ports by themselves: Linux from 32768, macOS from 49152. Whoever listens there was given the port. */
export const handedOutFrom: Readonly<Record<OsFamily, number>> = { linux: 32_768, darwin: 49_152 }
