/** What several streams say, in the order in which they say it; it ends when all of them have ended. */
export async function* mergeStreams<T>(streams: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  const waiting = new Map(streams.map((stream) => next(stream[Symbol.asyncIterator]())))
  while (waiting.size > 0) {
    const { iterator, result } = await Promise.race(waiting.values())
    if (result.done) {
      waiting.delete(iterator)
      continue
    }
    waiting.set(...next(iterator))
    yield result.value
  }
}

type Said<T> = { readonly iterator: AsyncIterator<T>; readonly result: IteratorResult<T> }

function next<T>(iterator: AsyncIterator<T>): [AsyncIterator<T>, Promise<Said<T>>] {
  return [iterator, iterator.next().then((result) => ({ iterator, result }))]
}
