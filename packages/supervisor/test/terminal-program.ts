import { createEmbeddedManager } from '@sanctum/supervisor/node'

/** What a person does in a terminal: `terminal-program.ts <home>` starts the supervisor and a unit, and then stays. */
const manager = createEmbeddedManager({ home: process.argv[2] as string })
for (const service of ['watchdog', 'agent']) console.log(JSON.stringify(await manager.start(service)))
setInterval(() => {}, 1000)
