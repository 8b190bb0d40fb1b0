// Tables leave as Arrow that the npm package apache-arrow opens, and what it writes comes in.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { DataType, tableFromIPC } from "apache-arrow";
import { at } from "../../tools/build/common.mjs";

const CSV = `city,small,large,price,ratio,ok,day,at
上海,1,9007199254740993,12.34,0.123456789012345678,true,2024-02-29,2024-02-29 13:30:15
,,,,,,,
Ulm,-5,2,-0.05,2,false,1969-12-31,1969-12-31 23:59:59
上海,0,3,0.00,3,true,1970-01-01,1970-01-01 00:00:00
`;
let kelan;

before(async () => {
  const { open } = await import(pathToFileURL(at("pkg/node.js")));
  kelan = await open({ workers: 0 });
});
after(() => kelan?.close());

const cells = (table, name) => [...table.getChild(name)];

test("apache-arrow opens toArrow with every type, its missing cells and its dictionary", async () => {
  const table = await kelan.read(CSV, { name: "types.csv", types: { large: "integer" } });
  const arrow = tableFromIPC(await table.toArrow());
  assert.equal(arrow.numRows, 4);
  assert.deepEqual(arrow.schema.fields.map((f) => f.name), ["city", "small", "large", "price", "ratio", "ok", "day", "at"]);
  const type = (name) => arrow.getChild(name).type;
  assert.ok(DataType.isDictionary(type("city")) && DataType.isUtf8(type("city").dictionary), `${type("city")}`);
  assert.deepEqual(cells(arrow, "city"), ["上海", null, "Ulm", "上海"]);
  assert.deepEqual(cells(arrow, "small"), [1, null, -5, 0]);
  assert.ok(DataType.isInt(type("large")) && type("large").bitWidth === 64);
  assert.deepEqual(cells(arrow, "large"), [9007199254740993n, null, 2n, 3n]);
  assert.deepEqual(cells(arrow, "price"), [12.34, null, -0.05, 0]);
  assert.deepEqual(cells(arrow, "ratio"), [0.123456789012345678, null, 2, 3]);
  assert.deepEqual(cells(arrow, "ok"), [true, null, false, true]);
  assert.ok(DataType.isDate(type("day")) && DataType.isTimestamp(type("at")), `${type("day")} ${type("at")}`);
  const time = (v) => v === null ? null : new Date(v).toISOString().slice(0, 19);
  assert.deepEqual(cells(arrow, "day").map(time), ["2024-02-29T00:00:00", null, "1969-12-31T00:00:00", "1970-01-01T00:00:00"]);
  assert.deepEqual(cells(arrow, "at").map(time), ["2024-02-29T13:30:15", null, "1969-12-31T23:59:59", "1970-01-01T00:00:00"]);
});

test("files and streams of apache-arrow and pyarrow are read", async () => {
  for (const name of ["js.arrow", "js.arrows", "py.arrow", "py.arrows"]) {
    const table = await kelan.read(new Uint8Array(readFileSync(at("tests/corpus/arrow", name))), { name });
    const rows = await table.sample(4);
    const column = (name) => rows.map((r) => r[name] || null);
    assert.deepEqual(column("utf8"), ["上海", null, "Ulm", null], name);
    assert.deepEqual(column("int64"), ["1", null, "100", "0"], name);
    assert.deepEqual(column("date32"), ["2024-02-29", null, "1969-12-31", "1970-01-01"], name);
    assert.deepEqual(column("timestamp_ms"), ["2024-02-29T13:30:15", null, "2024-02-29T13:30:15", "1970-01-01T00:00:00"], name);
  }
});

test("a damaged file is refused in words, and the next good one is read", async () => {
  const good = Object.fromEntries(["js.arrow", "py.arrows"].map((name) => [name, readFileSync(at("tests/corpus/arrow", name))]));
  let state = 7, refused = 0;
  const next = (n) => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return (state >>> 8) % n; };
  for (let i = 0; i < 300; i++) {
    const name = i % 2 ? "js.arrow" : "py.arrows", bytes = new Uint8Array(good[name]);
    if (i % 5 === 0) { await kelan.read(bytes.slice(0, next(bytes.length)), { name }).then((t) => t.close(), known); continue; }
    for (let k = 0; k <= i % 4; k++) bytes[next(bytes.length)] = next(256);
    await kelan.read(bytes, { name }).then((t) => t.close(), known);
  }
  function known(error) {
    refused++;
    assert.ok(["bad_file", "unsupported", "too_large"].includes(error.code) && error.message, `${error.code}: ${error.message}`);
  }
  assert.ok(refused > 20, `${refused} of 300 were refused`);
  for (const [name, bytes] of Object.entries(good)) assert.equal((await kelan.read(new Uint8Array(bytes), { name })).rows, 4);
});

test("lines that look like tests of the shop are counted and told of, or left out, undone and replayed", async () => {
  const table = await kelan.read("customer,order,date,amount\nAnn,1,2024-01-01,10\nTest Customer,2,2024-01-02,999\nBob,3,2024-01-03,20\nCat,4,2024-01-04,1\nDan,5,2024-01-05,2\nEve,6,2024-01-06,3\nFay,7,2024-01-07,4\n", { name: "shop.csv" });
  assert.deepEqual(table.tests, { rows: 1, policy: "keep" });
  const revenue = async () => (await table.analyze("revenue", {})).summary.total.revenue;
  assert.equal(await revenue(), 1039);
  assert.match((await table.analyze("rfm", {})).method.choices.join(), /1 line that looks like a test is kept/);
  await table.assign({ tests: "drop" });
  assert.equal(await revenue(), 40);
  const { left_out } = (await table.analyze("rfm", {})).method;
  assert.deepEqual(left_out.map((l) => [l.rows, l.reason]), [[1, "looks like a test of the shop"]]);
  const recipe = table.recipe();
  await table.undo();
  assert.equal(await revenue(), 1039);
  await table.replay(recipe);
  assert.equal(await revenue(), 40);
  await assert.rejects(table.assign({ tests: "perhaps" }), (e) => e.code === "bad_param" && /keep/.test(e.remedy));
});
