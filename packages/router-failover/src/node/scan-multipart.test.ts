import { describe, expect, it } from 'vitest'
import { boundaryOf, scanMultipart } from './scan-multipart.ts'

const body = [
  '--b0',
  'Content-Disposition: form-data; name="file"; filename="model"',
  'Content-Type: audio/wav',
  '',
  'RIFF\r\n--b\r\nname="model"\r\n\r\nnot this',
  '--b0',
  'Content-Disposition: form-data; name="model"',
  '',
  'whisper-é',
  '--b0--',
  '',
].join('\r\n')

describe('scanMultipart', () => {
  it('finds the model, wherever the chunks are cut', () => {
    const bytes = Buffer.from(body)
    for (let cut = 0; cut <= bytes.length; cut++) {
      const scan = scanMultipart('b0')
      scan.push(bytes.subarray(0, cut))
      scan.push(bytes.subarray(cut))
      expect(scan.model?.value).toBe('whisper-é')
      expect(bytes.toString('utf8', scan.model?.span.start, scan.model?.span.end)).toBe('whisper-é')
    }
  })

  it.each([
    ['multipart/form-data; boundary=b0', 'b0'],
    ['multipart/form-data; charset=x; boundary="b 0"', 'b 0'],
    ['application/json', null],
  ])('%s', (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary)
  })
})
