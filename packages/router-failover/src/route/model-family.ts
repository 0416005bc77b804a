/**
 * Whether a server that loads these architectures can load a model of this name. A name tells the family only where it begins with one
 * that is known; every other model is not judged.
 */
export function canLoadModel(architectures: readonly string[], model: string): boolean {
  const family = toFamily(model)
  return family === null || architectures.some((architecture) => architecture.toLowerCase().startsWith(family))
}

const families = [
  'qwen',
  'gemma',
  'llama',
  'mistral',
  'mixtral',
  'phi',
  'deepseek',
  'glm',
  'granite',
  'gpt_oss',
  'command',
  'falcon',
] as const

function toFamily(model: string): string | null {
  const name = model.toLowerCase().split('/').at(-1)?.replaceAll('-', '_') ?? ''
  return families.find((family) => name.startsWith(family)) ?? null
}
