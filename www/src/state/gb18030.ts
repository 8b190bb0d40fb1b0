/**
 * Text → GB18030, from the platform's own decoder: the two-byte area is decoded once into a table and turned around; what is
 * not in it takes four bytes by the standard's formula. The platform has no encoder but UTF-8's.
 */

let table: Map<number, number> | null = null;

function twoByte(): Map<number, number> {
  if (table) return table;
  const decoder = new TextDecoder("gb18030");
  const bytes: number[] = [];
  const codes: number[] = [];
  for (let a = 0x81; a <= 0xfe; a += 1) {
    for (let b = 0x40; b <= 0xfe; b += 1) {
      if (b === 0x7f) continue;
      bytes.push(a, b);
      codes.push((a << 8) | b);
    }
  }
  const text = [...decoder.decode(Uint8Array.from(bytes))];
  table = new Map();
  if (text.length === codes.length) text.forEach((c, i) => {
    const point = c.codePointAt(0) ?? 0;
    if (point !== 0xfffd && !table?.has(point)) table?.set(point, codes[i] ?? 0);
  });
  return table;
}

let ranges: [number, number][] | null = null;

/** Points of the first plane without a two-byte code, as (first point, first linear number), read off the decoder. */
function fourByte(): [number, number][] {
  if (ranges) return ranges;
  const decoder = new TextDecoder("gb18030");
  ranges = [];
  const bytes: number[] = [];
  const count = 39_420;
  for (let n = 0; n < count; n += 1) bytes.push(...quad(n));
  let before = -2;
  let n = 0;
  for (const c of decoder.decode(Uint8Array.from(bytes))) {
    const point = c.codePointAt(0) ?? 0;
    if (point !== 0xfffd && point !== before + 1) ranges.push([point, n]);
    before = point === 0xfffd ? -2 : point;
    n += 1;
  }
  return ranges;
}

function quad(n: number): [number, number, number, number] {
  return [0x81 + Math.floor(n / 12_600), 0x30 + (Math.floor(n / 1260) % 10), 0x81 + (Math.floor(n / 10) % 126), 0x30 + (n % 10)];
}

export function gb18030(text: string): Uint8Array<ArrayBuffer> {
  const codes = twoByte();
  const out = new Uint8Array(text.length * 4);
  let at = 0;
  for (const c of text) {
    const point = c.codePointAt(0) ?? 0;
    const code = point < 0x80 ? point : codes.get(point);
    if (code !== undefined) {
      if (code > 0xff) out[at++] = code >> 8;
      out[at++] = code & 0xff;
      continue;
    }
    let n = point - 0x10000 + 189_000;
    if (point < 0x10000) {
      let best: [number, number] = [0xfffd, 39_417];
      for (const r of fourByte()) if (r[0] <= point && point - r[0] < point - best[0] + (best[0] > point ? 1e9 : 0)) best = r;
      n = best[1] + (point - best[0]);
    }
    for (const b of quad(n)) out[at++] = b;
  }
  return out.slice(0, at);
}
