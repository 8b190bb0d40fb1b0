import assert from "node:assert/strict";
import { test } from "node:test";
import { search, sortIndex } from "../../www/src/ui/order.ts";
import { encodeGb18030 as gb18030 } from "../../www/src/engine/gb18030.ts";

test("sorts long columns as the platform's stable sort does, missing last", async () => {
  const n = 50_000;
  const values = Float64Array.from({ length: n }, (_, i) => (i % 97 === 0 ? Number.NaN : (i * 7919) % 1009));
  for (const down of [false, true]) {
    const order = await sortIndex(values, n, down, null);
    const plain = Array.from({ length: n }, (_, i) => i).sort((a, b) => {
      const x = values[a]!, y = values[b]!;
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) === Number.isNaN(y) ? a - b : Number.isNaN(x) ? 1 : -1;
      return x === y ? a - b : (x - y) * (down ? -1 : 1);
    });
    assert.deepEqual(Array.from(order), plain);
  }
});

test("sorts text with numbers in it as a person would, and only the rows asked for", async () => {
  const order = await sortIndex(["C-10", null, "C-9", "B-1"], 4, false, null);
  assert.deepEqual(Array.from(order), [3, 2, 0, 1]);
  assert.deepEqual(Array.from(await sortIndex(["C-10", null, "C-9", "B-1"], 4, false, Uint32Array.of(0, 2))), [2, 0]);
});

test("sorts many different texts by their codes, equal ones in the order they had, missing last", async () => {
  const n = 120_000;
  for (const make of [(i: number) => `C${(i * 7919) % 90_001}`, (i: number) => `客户${(i * 7919) % 70_001}甲`.slice(0, 3 + (i % 5)) + i]) {
    const values = Array.from({ length: n }, (_, i) => (i % 97 === 0 ? null : make(i)));
    for (const down of [false, true]) {
      const plain = Array.from({ length: n }, (_, i) => i).sort((a, b) => {
        const [x, y] = [values[a]!, values[b]!];
        if (x === null || y === null) return x === y ? a - b : x === null ? 1 : -1;
        return x === y ? a - b : (x < y ? -1 : 1) * (down ? -1 : 1);
      });
      assert.ok((await sortIndex(values, n, down, null)).every((v, i) => v === plain[i]));
    }
  }
});

test("search finds rows by any of the columns", async () => {
  assert.deepEqual(Array.from(await search([["Anna", "Bo", null], ["x", "ANN", "y"]], 3, "ann", null)), [0, 1]);
});

test("GB18030 comes back as it went", () => {
  const text = "客户,金额\r\n张三,¥12.50\r\nNaïve ß Ж あ 한글 😀 𠮷 ㌀ \u0080 € ﬁ \ue000 \uffff";
  assert.equal(new TextDecoder("gb18030").decode(gb18030(text)), text);
  assert.deepEqual(Array.from(gb18030("中")), [0xd6, 0xd0]);
});
