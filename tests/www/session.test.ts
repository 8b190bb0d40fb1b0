// What is open, and what is left open when a person changes their mind. The engine is a stand-in whose answers the test holds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { session } from "../../www/src/state/session.ts";
import { store } from "../../www/src/state/store.ts";
import type { Kelan, Table } from "../../www/src/types/engine.ts";

interface Held { closed: boolean; counted: () => void; table: Table }

/** A table whose rows are counted when the test says so. */
function held(name: string): Held {
  const it = { closed: false, counted: () => {} } as Held;
  const count = new Promise<{ rows: number; customers: number | null }>((done) => { it.counted = () => done({ rows: 3, customers: null }); });
  it.table = { name, rows: 3, schema: [], issueCount: 0, count: () => count, close: async () => { it.closed = true; } } as unknown as Table;
  return it;
}

const turn = () => new Promise((done) => setTimeout(done, 0));

test("a reading can be cancelled until its table is shown, and what was open stays", async () => {
  const [first, second, third, fourth] = [held("first"), held("second"), held("third"), held("fourth")], tables = [first, second, third, fourth];
  session.use(async () => ({ read: async () => tables.shift()!.table }) as unknown as Kelan);

  const landing = session.read(new Blob(["a"]), "first.csv");
  await turn();
  session.cancelReading();
  first.counted();
  assert.equal(await landing, false);
  assert.deepEqual([store.state.screen, store.state.reading, session.table, first.closed], ["landing", null, null, true], "cancelled while the rows were counted");

  const kept = session.read(new Blob(["b"]), "second.csv");
  second.counted();
  assert.equal(await kept, true);
  assert.deepEqual([store.state.screen, session.table, session.blobs[0]?.name], ["import", second.table, "second.csv"]);

  const changed = session.read(new Blob(["c"]), "third.csv");
  await turn();
  session.cancelReading();
  third.counted();
  assert.equal(await changed, false);
  assert.deepEqual([store.state.screen, store.state.reading, session.table, session.blobs[0]?.name], ["import", null, second.table, "second.csv"]);
  assert.deepEqual([second.closed, third.closed], [false, true]);

  // Another file is chosen while one is read: the first gives way and does not touch the screen of the second.
  tables.unshift(held("gives way"));
  const [away] = tables, late = session.read(new Blob(["d"]), "away.csv");
  await turn();
  const last = session.read(new Blob(["e"]), "fourth.csv");
  away!.counted();
  assert.equal(await late, false);
  assert.deepEqual([store.state.screen, store.state.reading?.name], ["reading", "fourth.csv"]);
  fourth.counted();
  assert.equal(await last, true);
  assert.deepEqual([store.state.screen, session.table, second.closed, away!.closed, fourth.closed], ["import", fourth.table, true, true, false]);
  await session.close();
});
