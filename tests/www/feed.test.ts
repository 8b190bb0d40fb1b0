// A text as it is handed to the parsers, from streams that give what they like, stand still, or do not read into given buffers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Feed, type Bytes } from "../../www/src/engine/ingest.ts";

const SIZE = 1_000_003, AHEAD = 1 << 16;
const whole = Uint8Array.from({ length: SIZE }, (_, i) => (i * 7919 + (i >> 8)) & 0xff);

/** A blob whose streams, one after the other, stand still after so many reads; the last of the list goes on. */
function blob(still: number[], kind: "bytes" | null = "bytes", end = SIZE): { blob: Blob; opened: number[] } {
  const opened: number[] = [];
  const from = (start: number): Blob => ({
    size: end - start,
    slice: (at: number) => from(start + at),
    stream: () => {
      const limit = still[opened.length] ?? Infinity;
      opened.push(start);
      let at = start, reads = 0;
      const pull = (c: ReadableByteStreamController): void | Promise<void> => {
        if (reads++ >= limit) return new Promise(() => undefined);
        const view = c.byobRequest?.view as Uint8Array | undefined, n = Math.min(end - at, 1 + (at * 31) % 50_000, view?.byteLength ?? Infinity);
        if (n === 0) { c.close(); c.byobRequest?.respond(0); return; }
        if (view) { view.set(whole.subarray(at, at + n)); c.byobRequest?.respond(n); } else c.enqueue(whole.slice(at, at + n));
        at += n;
      };
      return kind ? new ReadableStream({ type: "bytes", pull }) : new ReadableStream({ start: (c) => c.close() });
    },
  }) as unknown as Blob;
  return { blob: from(0), opened };
}

/** Every slice, as parsers would get it. */
async function slices(text: Blob, head: number, first: number, step: number): Promise<(Bytes | undefined)[]> {
  const feed = new Feed(text, whole.slice(first, head), first), out: (Bytes | undefined)[] = [];
  for (let base = first; base < SIZE; base += step) {
    const end = Math.min(SIZE, base + step), bytes = await feed.take(base, end);
    if (bytes) assert.deepEqual(bytes, whole.subarray(base, Math.min(SIZE, end + AHEAD)), `slice at ${base}`);
    out.push(bytes?.slice());
    // As a worker gives it back.
    if (bytes) feed.back(structuredClone(bytes.buffer, { transfer: [bytes.buffer] }));
  }
  feed.close();
  return out;
}

test("slices are the file's bytes, whatever the pieces of the stream", async () => {
  for (const [head, first, step] of [[1000, 10, 4096], [300_000, 0, 262_144], [300_000, 77, 70_000], [SIZE, 5, 100_000]] as const) {
    const { blob: text, opened } = blob([]);
    const got = await slices(text, head, first, step);
    assert.ok(got.every(Boolean));
    assert.deepEqual(opened, head < SIZE ? [head] : [], "one stream, from where the bytes are not known");
  }
});

test("a stream that stands still is opened anew, and after three the parsers read for themselves", async () => {
  const { blob: text, opened } = blob([3, 0]);
  assert.ok((await slices(text, 1000, 10, 200_000)).every(Boolean));
  assert.equal(opened.length, 3);

  const stuck = blob([1, 1, 1, 1]);
  const got = await slices(stuck.blob, 1000, 10, 200_000);
  assert.equal(stuck.opened.length, 3);
  assert.ok(got.every((bytes) => bytes === undefined));
});

test("without streams that read into given buffers there are no bytes; a file that ends early is an error", async () => {
  assert.ok((await slices(blob([], null).blob, 1000, 10, 200_000)).every((bytes) => bytes === undefined));
  const short = blob([], "bytes", SIZE - 5);
  const lying = { ...short.blob, size: SIZE, slice: (at: number) => short.blob.slice(at) } as Blob;
  await assert.rejects(slices(lying, 1000, 10, 400_000), (e: { code?: string }) => e.code === "bad_file");
});
