import * as z from 'zod'
import { id, megabytes, nodeType, osFamily, profile, seconds, serviceId, template } from './names.ts'
import { servicePatch } from './service.ts'

export const node = z.strictObject({
  type: nodeType,
  title: z.string().optional(),
  os: osFamily.optional(),
  host: z.string().nullable().optional(),
  tailscale_ip: z.string().optional(),
  tailscale_name: z.string().optional(),
  user: z.string().optional(),
  capabilities: z.array(id).optional(),
  /** Services switched on or off on this node. */
  services: z.record(serviceId, z.strictObject({ enabled: z.boolean() })).optional(),
  sync: z.strictObject({ hub: id }).optional(),
  heartbeat: z.strictObject({ interval_s: seconds }).optional(),
})
export type NodeEntry = z.infer<typeof node>

/**
 * `instance.yaml`, `overlays/<node>.yaml` and this machine's own layer share one shape: each says only what it changes.
 * What the haus needs in the end (slug, name, time zone) is asked of the result.
 */
export const layerDocument = z.strictObject({
  $schema: z.string().optional(),
  instance: z
    .strictObject({ slug: id.optional(), name: z.string().optional(), timezone: z.string().optional(), domain: z.string().optional() })
    .optional(),
  profile: profile.optional(),
  users: z.strictObject({ mac: z.string().optional(), vm: z.string().optional() }).optional(),
  network: z
    .strictObject({
      vm_ip: z.string().optional(),
      mac_bridge_ip: z.string().optional(),
      bridge_interface: z.string().optional(),
      vm_ssh_alias: z.string().optional(),
      lan_ip: z.string().optional(),
      lan_subnet: z.string().optional(),
      vm_subnet: z.string().optional(),
      gateway_ip: z.string().optional(),
    })
    .optional(),
  /** Named places; used as `${paths.<name>}`. */
  paths: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower-case letters, digits and _, a letter first'), template).optional(),
  nodes: z.record(id, node).optional(),
  services: z.record(serviceId, servicePatch).optional(),
  secrets: z
    .strictObject({
      keychain_account: z.string().optional(),
      onepassword_vault: z.string().optional(),
      sops_file: template.optional(),
    })
    .optional(),
  home_assistant: z
    .strictObject({
      sonos_speakers: z.array(z.string()).optional(),
      cameras: z.array(z.strictObject({ name: z.string(), type: z.string() })).optional(),
      hvac: z.record(z.string(), z.strictObject({ type: z.string() })).optional(),
    })
    .optional(),
  family: z.strictObject({ members: z.array(z.strictObject({ name: z.string(), role: z.string() })) }).optional(),
  notifications: z
    .strictObject({
      owner_name: z.string().optional(),
      signal: z.strictObject({ enabled: z.boolean(), target: template.optional() }).optional(),
      max_per_hour: z.int().min(0).optional(),
      quiet_hours: z.strictObject({ from: z.string(), to: z.string() }).optional(),
    })
    .optional(),
  capacity: z
    .strictObject({ ram_physical_mb: megabytes.optional(), ram_reserved_mb: megabytes.optional(), ram_safety_mb: megabytes.optional() })
    .optional(),
  policies: z
    .strictObject({
      settle_delay_s: seconds.optional(),
      night_window: z.strictObject({ from: z.string(), to: z.string() }).optional(),
      generations_kept: z.int().min(2).optional(),
      /** A change that is not confirmed after this long is taken back, also where its services would still have time to start. */
      confirm_within_s: z.number().min(1).max(86_400).optional(),
    })
    .optional(),
})
export type LayerDocument = z.infer<typeof layerDocument>
