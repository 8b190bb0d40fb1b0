/** The tables in a .zip, unpacked piece by piece so that the page stays awake. The library is fetched with the first archive. */
import { t } from "../i18n/index.ts";

export const TABLE = /\.(csv|tsv|txt|psv|gz|xlsx|xlsm|xlsb|xls|ods|arrows?|feather)$/i;
const PIECE = 1 << 18;

/** An archive by its first bytes, whatever its name; workbooks that say so are packed the same way and are none. */
export async function isZip(file: File): Promise<boolean> {
  if (/\.(xlsx|xlsm|xlsb|ods)$/i.test(file.name)) return false;
  const [p, k, three, four] = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return p === 0x50 && k === 0x4b && ((three === 3 && four === 4) || (three === 5 && four === 6));
}

/** Names written before the archive format knew UTF-8 come one letter a byte: in this trade they are GB18030. */
function nameOf(raw: string): string {
  const base = raw.split(/[\\/]/).pop() ?? raw;
  if (!/[\x80-\xff]/.test(base) || /[^\x00-\xff]/.test(base)) return base;
  return new TextDecoder("gb18030").decode(Uint8Array.from(base, (c) => c.charCodeAt(0)));
}

/** The list of its files ends an archive, with a note of at most 64 kB behind it: without it the end was cut off, whatever can still be read before. */
async function isWhole(archive: File): Promise<boolean> {
  const end = new Uint8Array(await archive.slice(Math.max(0, archive.size - 22 - 0xffff)).arrayBuffer());
  for (let i = end.length - 22; i >= 0; i -= 1) if (end[i] === 0x50 && end[i + 1] === 0x4b && end[i + 2] === 5 && end[i + 3] === 6) return true;
  return false;
}

export async function unzip(archive: File): Promise<File[]> {
  if (!(await isWhole(archive))) throw new Error(t("zip.cut", { name: archive.name }));
  const { Unzip, UnzipInflate } = await import("fflate");
  const out: File[] = [];
  let failed: unknown = null;
  let book = false;
  const reader = new Unzip((entry) => {
    // A workbook under another name.
    if (/^(xl\/workbook\.(xml|bin)|content\.xml)$/.test(entry.name)) book = true;
    if (!TABLE.test(entry.name) || /(^|\/)(__MACOSX\/|\.)/.test(entry.name)) return;
    const parts: BlobPart[] = [];
    entry.ondata = (error, data, final) => {
      if (error) failed = error;
      else parts.push(data.slice());
      if (final && !error) out.push(new File(parts, nameOf(entry.name)));
    };
    entry.start();
  });
  reader.register(UnzipInflate);
  try {
    for (let at = 0; at < archive.size && !failed; at += PIECE) {
      reader.push(new Uint8Array(await archive.slice(at, at + PIECE).arrayBuffer()), at + PIECE >= archive.size);
    }
  } catch (error) {
    // Encrypted, or packed in a way of its own.
    failed = error;
  }
  if (book && out.length === 0) return [new File([archive], archive.name.replace(/(\.zip)?$/i, ".xlsx"))];
  if (failed) throw new Error(t("zip.damaged", { name: archive.name }));
  if (out.length === 0) throw new Error(t("zip.empty", { name: archive.name }));
  return out;
}
