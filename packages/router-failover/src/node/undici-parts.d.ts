/** Parts of undici by their own files: its index brings fetch, caches, mocks and sockets along, which no router needs in its memory. */
declare module 'undici/lib/dispatcher/pool.js' {
  const pool: typeof import('undici').Pool
  export = pool
}
declare module 'undici/lib/core/connect.js' {
  const buildConnector: typeof import('undici').buildConnector
  export = buildConnector
}
