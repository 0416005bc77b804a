import { writeRelease } from '@sanctum/release/node'

/** Writes one release over the other until it is killed; says so each time that one is whole. */
const [folder = '', privateKey = ''] = process.argv.slice(2)
for (let round = 0; ; round++) {
  const version = `1.${round % 2}.0`
  const contents = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`part-${at}.tgz`, `${version} ${at}`.repeat(20_000)]))
  await writeRelease(folder, { version, revision: 'a'.repeat(40), madeAtMs: 1_800_000_000_000, node: 'v26', contents, privateKey })
  console.log(version)
}
