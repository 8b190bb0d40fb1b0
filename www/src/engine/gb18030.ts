// UTF-8 → GB18030, for tables that old Chinese spreadsheets must open. The platform only decodes it, so its decoder is asked once
// for every code and the answers are turned round: about 63,000 characters, a few milliseconds, no table to ship.

let codes: Map<number, number> | undefined;

/** Code point → its bytes, packed big-endian: two bytes below 0x10000, four above. */
function table(): Map<number, number> {
  if (codes) return codes;
  const map = new Map<number, number>(), decoder = new TextDecoder("gb18030");
  const learn = (bytes: number[], packed: number): void => {
    const text = decoder.decode(Uint8Array.from(bytes)), point = text.codePointAt(0);
    if (point !== undefined && point !== 0xfffd && text.length === (point > 0xffff ? 2 : 1) && !map.has(point)) map.set(point, packed);
  };
  for (let a = 0x81; a <= 0xfe; a++)
    for (let b = 0x40; b <= 0xfe; b++) if (b !== 0x7f) learn([a, b], (a << 8) | b);
  for (let a = 0x81; a <= 0x84; a++)
    for (let b = 0x30; b <= 0x39; b++)
      for (let c = 0x81; c <= 0xfe; c++)
        for (let d = 0x30; d <= 0x39; d++) learn([a, b, c, d], ((a << 24) | (b << 16) | (c << 8) | d) >>> 0);
  return (codes = map);
}

export function encodeGb18030(text: string): Uint8Array<ArrayBuffer> {
  const map = table();
  let out = new Uint8Array(text.length * 2 + 16), n = 0;
  for (const ch of text) {
    if (n + 4 > out.length) { const more = new Uint8Array(out.length * 2); more.set(out); out = more; }
    const point = ch.codePointAt(0) ?? 0;
    if (point < 0x80) { out[n++] = point; continue; }
    let packed = map.get(point);
    if (packed === undefined) {
      // Beyond the basic plane the code is a count from 0x90308130.
      const i = point - 0x10000;
      packed = point > 0xffff
        ? (((0x90 + Math.floor(i / 12600)) << 24) | ((0x30 + (Math.floor(i / 1260) % 10)) << 16) | ((0x81 + (Math.floor(i / 10) % 126)) << 8) | (0x30 + (i % 10))) >>> 0
        : 0x8431a437;
    }
    if (packed > 0xffff) { out[n++] = packed >>> 24; out[n++] = packed >>> 16; }
    out[n++] = packed >>> 8; out[n++] = packed;
  }
  return out.slice(0, n);
}
