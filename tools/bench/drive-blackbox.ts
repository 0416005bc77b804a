import { Agent, request } from 'node:http'

/**
 * Has the exporter ask so many times, so many at once, over connections that are kept, as a scraper does, and prints the ms that it
 * took: `drive-blackbox.ts EXPORTER_PORT PORT COUNT AT_ONCE`.
 */
const [exporter, port, count, atOnce] = process.argv.slice(2).map(Number) as [number, number, number, number]
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
const path = `/probe?module=plain&target=${encodeURIComponent(`http://127.0.0.1:${port}/`)}`

function scrape(): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: exporter, path, agent }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => (text.includes('\nprobe_success 1') ? resolve() : reject(new Error('a probe did not pass'))))
    })
    asked.on('error', reject)
    asked.end()
  })
}

async function ask(times: number): Promise<void> {
  let left = times
  const worker = async (): Promise<void> => {
    while (left-- > 0) await scrape()
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

await ask(Math.ceil(count / 4))
const started = performance.now()
await ask(count)
console.log(performance.now() - started)
agent.destroy()
