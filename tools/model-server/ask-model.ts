/** How an answer came to its end, as a client saw it. */
export interface Asked {
  readonly status: number | null
  readonly text: string
  readonly finish: string | null
  /** Of the answer or inside of its stream, or of the connection. */
  readonly error: string | null
  /** When headers, comments and frames came, in ms from the start. */
  readonly arrivedMs: readonly number[]
  readonly firstTokenMs: number | null
  readonly tookMs: number
  /** What the answer calls its model, which differs from server to server. */
  readonly model: string | null
  /** By the clock of the machine, in ms. */
  readonly askedAt: number
}

export interface Question {
  readonly baseUrl: string
  readonly model?: string
  readonly stream?: boolean
  readonly user?: string
  readonly most?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Asks for the recital once, with no retry of its own, and tells everything that a client could know. Never throws. */
export async function askModel({ baseUrl, model = 'house', stream = true, user, most, headers = {} }: Question): Promise<Asked> {
  const begun = performance.now()
  const askedAt = Date.now()
  const arrivedMs: number[] = []
  const answer = new AnswerInProgress()
  const since = () => performance.now() - begun
  const done = (rest: Partial<Asked>): Asked => ({
    ...{ status: answer.status, text: answer.text, finish: answer.finish, error: answer.error, model: answer.model },
    ...{ askedAt, arrivedMs, firstTokenMs: answer.firstTokenMs, tookMs: since() },
    ...rest,
  })
  try {
    const response = await fetch(`${baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model, stream, user, max_tokens: most, messages: [{ role: 'user', content: 'Recite, please.' }] }),
    })
    answer.status = response.status
    arrivedMs.push(since())
    if (!stream || response.status !== 200) {
      answer.takeWhole(await response.text(), since())
      return done({})
    }
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      arrivedMs.push(since())
      answer.takeChunk(Buffer.from(chunk).toString(), since())
    }
    return done({})
  } catch (error) {
    const { message, cause } = error as Error
    return done({ error: answer.error ?? `${message}${cause instanceof Error ? `: ${cause.message}` : ''}` })
  }
}

interface Frame {
  readonly model?: string
  readonly error?: { readonly code?: string | number; readonly message?: string }
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string }
    readonly message?: { readonly content?: string }
    readonly finish_reason?: string | null
  }[]
}

class AnswerInProgress {
  status: number | null = null
  model: string | null = null
  text = ''
  finish: string | null = null
  error: string | null = null
  firstTokenMs: number | null = null
  #rest = ''

  takeWhole(body: string, atMs: number): void {
    this.#take(JSON.parse(body) as Frame, atMs)
  }

  takeChunk(chunk: string, atMs: number): void {
    const frames = `${this.#rest}${chunk}`.split('\n\n')
    this.#rest = frames.pop() ?? ''
    for (const frame of frames) {
      if (!frame.startsWith('data: ') || frame === 'data: [DONE]') continue
      this.#take(JSON.parse(frame.slice('data: '.length)) as Frame, atMs)
    }
  }

  #take({ error, choices, model }: Frame, atMs: number): void {
    if (error !== undefined) this.error = `${error.code ?? ''} ${error.message ?? ''}`.trim()
    this.model = model ?? this.model
    const choice = choices?.[0]
    const piece = choice?.delta?.content ?? choice?.message?.content ?? ''
    if (piece !== '') this.firstTokenMs ??= atMs
    this.text += piece
    this.finish = choice?.finish_reason ?? this.finish
  }
}
