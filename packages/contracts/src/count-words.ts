/** A number of things, in words; whatever else of the sentence changes with the number is a part of both forms. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
