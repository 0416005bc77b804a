import { readdirSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { defaultPolicy, type RouteDefinition, scalePolicy } from '@sanctum/router-failover'
import { createRandom } from '@sanctum/testkit'
import { type Answer, chatOf, frame, serve, startUpstream, toDefinition, toTarget, until, wholeAnswer } from './router-bench.ts'

/** `seed requests [planted]`: asks a router so often over servers that misbehave, and prints what became of it as JSON. */
const [seed = 1, requests = 1_000] = process.argv.slice(2).map(Number)
/** Servers that end half an answer as if it were whole, which no router can see: the judge of this program must. */
const isPlanted = process.argv[4] === 'planted'
const crowd = 200
const routeCount = 60
const factor = 1 / 50
const words = 12
const fullText = Array.from({ length: words }, (_, index) => `word${index + 1} `).join('')

/** What a client took its request for in the end. */
type Outcome = 'answered' | 'refused' | 'told-and-cut' | 'left' | 'lost' | 'truncated'

const random = createRandom(seed)
await using upstream = await startUpstream(faultyServer(random))
await using second = await startUpstream(faultyServer(random))
// So many servers are not all looked at in step with so short a time.
const probe = { healthMs: 1_000, suspectMs: 250, idleMs: 600_000 }
const policy = { ...scalePolicy(defaultPolicy, factor), connectMs: { local: 5_000, cloud: 5_000 }, probe }
const routes = Array.from({ length: routeCount }, (_, index): RouteDefinition => {
  const name = `route-${index}`
  const targets = [upstream, second].map(({ url }, at) => toTarget(`${name}/${at}`, `${url}/${name}`))
  return { ...(toDefinition(targets).routes[0] as RouteDefinition), name, models: [name], delivery: index % 4 === 0 ? 'assured' : 'live' }
})
await using house = await serve({ definition: { routes, defaultRoute: 'route-0' }, policy, limits: { requestMs: 600 }, random })
const agent = new Agent({ keepAlive: true, maxSockets: crowd })
const outcomes: Record<Outcome, number> = { answered: 0, refused: 0, 'told-and-cut': 0, left: 0, lost: 0, truncated: 0 }
let asked = 0

async function askUntil(count: number): Promise<void> {
  while (asked < count) {
    asked++
    const leavesAfterMs = random() < 0.04 ? random(20) : null
    const isStream = random() < 0.7
    outcomes[await askOnce({ port: house.port, agent, model: `route-${Math.floor(random(routeCount))}`, isStream, leavesAfterMs })]++
  }
}

/** What is kept once nothing is under way any more. */
async function weigh(): Promise<{ readonly heapBytes: number; readonly descriptors: number }> {
  await until(() => total(house.router, 'requests_in_flight') === 0)
  // What the servers of this program remember is not the router's.
  for (const { seen } of [upstream, second]) seen.length = 0
  // What ended in this turn is let go of in the next one.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    globalThis.gc?.()
  }
  return { heapBytes: process.memoryUsage().heapUsed, descriptors: countDescriptors() }
}

const crowdUntil = (count: number): Promise<unknown> => Promise.all(Array.from({ length: crowd }, () => askUntil(count)))
const atStart = countDescriptors()
await crowdUntil(Math.floor(requests / 4))
const early = await weigh()
await crowdUntil(requests)
const late = await weigh()
agent.destroy()
const counted = total(house.router, 'http_requests')
const busy = house.router.routes().flatMap(({ targets }) => targets.filter(({ in_flight }) => in_flight > 0).map(({ id }) => id))
// Only one server is needed from here on: the connections to all others have to end.
house.router.redefine(toDefinition([toTarget('quiet/0', upstream.url)]))
await until(() => upstream.sockets.size + second.sockets.size <= 2)
await until(() => countDescriptors() <= atStart + 8)
console.log(
  JSON.stringify({
    outcomes,
    counted,
    busy,
    heapGrowthBytes: late.heapBytes - early.heapBytes,
    atStart,
    atEnd: (await weigh()).descriptors,
  }),
)

interface Asked {
  readonly port: number
  readonly agent: Agent
  readonly model: string
  readonly isStream: boolean
  readonly leavesAfterMs: number | null
}

function askOnce({ port, agent, model, isStream, leavesAfterMs }: Asked): Promise<Outcome> {
  return new Promise((resolve) => {
    const body = JSON.stringify(chatOf('hello', { model, stream: isStream }))
    let hasLeft = false
    const sent = request(
      { port, host: '127.0.0.1', agent, method: 'POST', path: '/v1/chat/completions', headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = ''
        response.setEncoding('latin1')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('error', () => {})
        response.on('close', () => {
          clearTimeout(timer)
          resolve(hasLeft ? 'left' : judge(response.statusCode ?? 0, text, response.complete))
        })
      },
    )
    sent.on('error', () => {
      clearTimeout(timer)
      resolve(hasLeft ? 'left' : 'lost')
    })
    sent.end(body)
    const timer = setTimeout(() => {
      hasLeft = leavesAfterMs !== null
      sent.destroy()
    }, leavesAfterMs ?? 30_000)
  })
}

function judge(status: number, text: string, isComplete: boolean): Outcome {
  if (status !== 200) return isComplete && text.includes('"error"') ? 'refused' : 'lost'
  if (!isComplete) return text.includes('data: {"error"') && !text.includes('[DONE]') ? 'told-and-cut' : 'lost'
  if (text.startsWith('{')) return text === wholeAnswer ? 'answered' : 'truncated'
  const said = [...text.matchAll(/"content":"(word\d+ )"/g)].map(([, word]) => word).join('')
  return said === fullText && text.includes('"finish_reason":"stop"') ? 'answered' : 'truncated'
}

/** Well in seven of ten cases, and otherwise wrong in one of sixteen ways. */
function faultyServer(random: () => number): Answer {
  const refuse = (status: number, headers: Record<string, string> = {}): Answer => {
    return (_, response) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end('{"error":{"code":"x","message":"m"}}')
  }
  const stream = (most: number, end: (response: Parameters<Answer>[1]) => void): Answer => {
    return (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(frame({ role: 'assistant', content: '' }))
      for (let word = 1; word <= most; word++) response.write(frame({ content: `word${word} ` }))
      end(response)
    }
  }
  const finish = `${frame({}, 'stop')}data: [DONE]\n\n`
  const faults: readonly Answer[] = [
    refuse(500),
    refuse(503),
    refuse(502),
    refuse(429, { 'retry-after': '0' }),
    (request) => request.socket.destroy(),
    () => {},
    (_, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': 400 }).write('{"choices":'),
    (_, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 400 }).end('{"choices":', () => response.destroy()),
    stream(0, (response) => response.end()),
    stream(0, (response) => response.destroy()),
    stream(5, (response) => setTimeout(() => response.destroy(), 3)),
    stream(5, () => {}),
    stream(5, (response) => response.end()),
    stream(3, (response) => response.end('data: {"error":{"code":"overloaded","message":"m"}}\n\n')),
    stream(0, (response) => response.end('data: {"error":{"code":"overloaded","message":"m"}}\n\n')),
    ...(isPlanted ? [stream(5, (response) => response.end(finish))] : []),
    stream(4, (response) => response.end('data: {"broken\n\ndata: [DONE]\n\n')),
  ]
  const whole: Answer = (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': wholeAnswer.length }).end(wholeAnswer)
  const streamed = stream(words, (response) => response.end(finish))
  return (request, response, body) => {
    const fault = random() < 0.7 ? null : faults[Math.floor(random() * faults.length)]
    const answer = fault ?? (body.includes('"stream":true') ? streamed : whole)
    answer(request, response, body)
  }
}

type Router = Awaited<ReturnType<typeof serve>>['router']

/** Where the system tells them. */
function countDescriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

function total(router: Router, name: string): number {
  const samples = router.metrics().find((family) => family.name === name)?.samples ?? []
  return samples.reduce((sum, sample) => sum + ('value' in sample ? sample.value : 0), 0)
}
