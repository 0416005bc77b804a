/** True for a relative path of plain names that cannot leave the folder it is joined to. */
export function isPlainPath(path: string): boolean {
  return path.length <= 1024 && path.split('/').every(isPlainName)
}

/** True if the absolute path lies strictly below the folder, with plain names only on the way. */
export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`) && isPlainPath(path.slice(folder.length + 1))
}

/** Two paths with the same key are one file on a file system that ignores capitals, as macOS does. */
export function collisionKey(path: string): string {
  return path.normalize('NFC').toLowerCase()
}

function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && name.length <= 200 && !hasControl(name)
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}
