// The history of filters, comparison and settings: whatever is done, undone, taken back and done again, nothing is lost without a word.
import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, fit, goTo, MOST, put, record, redoable, standing, undoable, type Change, type View } from "../../www/src/state/history.ts";
import { noFilters, store } from "../../www/src/state/store.ts";

const empty = (): View => ({ filters: noFilters(), compare: null, params: {} });
const region = (...values: string[]) => ({ column: "region", role: "region" as const, values });
const product = (...values: string[]) => ({ column: "product", role: "product" as const, values });
const view = () => { const { filters, compare, params } = store.state; return { filters, compare, params }; };
const begin = () => { store.startHistory(); store.set(empty()); };
const filters = (f: Partial<View["filters"]>) => store.change({ filters: { ...store.state.filters, ...f } });
const states = () => store.changes.map((c) => c.state).join(" ");

test("a difference names what moved, with both values; a filter that chooses nothing is none", () => {
  const a: View = { filters: { period: null, dimensions: [region("east"), product()], audience: null }, compare: null, params: { rfm: { scheme: "ten", k: 3 } } };
  const b: View = { filters: { period: ["2024-01-01", "2024-06-30"], dimensions: [region("east", "west")], audience: null }, compare: noFilters(), params: { rfm: { scheme: "ten" }, clv: { months: 6 } } };
  assert.deepEqual(differences(a, b).map((p) => [p.key.join("/"), p.before === null, p.after === null]), [["period", true, false], ["dimension/region", false, false], ["compare", true, false], ["param/rfm/k", false, true], ["param/clv/months", true, false]]);
  assert.deepEqual(differences(a, a), []);
  assert.deepEqual(differences(b, put(b, [], "after")), []);
});

test("parts put back lead from either view to the other", () => {
  // Views of every kind, from a seeded sequence.
  let seed = 7;
  const pick = <T>(list: readonly T[]): T => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return list[seed % list.length] as T; };
  const any = (): View => ({
    filters: { period: pick([null, ["2024-01-01", "2024-03-31"], ["2023-01-01", "2023-12-31"]] as const) as View["filters"]["period"], dimensions: [...pick([[], [region("a")], [region("b", "c")]]), ...pick([[], [product("x")]])], audience: pick([null, "one", "two"]) },
    compare: pick([null, noFilters(), { ...noFilters(), audience: "one" }]), params: pick([{}, { rfm: { k: 1 } }, { rfm: { k: 2, by: "a" }, clv: { m: 1 } }] as View["params"][]),
  });
  for (let i = 0; i < 300; i++) {
    const [a, b] = [any(), any()];
    const parts = differences(a, b);
    assert.deepEqual(differences(put(a, parts, "after"), b), []);
    assert.deepEqual(differences(put(b, parts, "before"), a), []);
  }
});

test("undo and redo walk the changes, and any line is one step away", () => {
  begin();
  filters({ period: ["2024-01-01", "2024-06-30"] });
  filters({ dimensions: [region("east")] });
  store.change({ params: { rfm: { k: 4 } } });
  const last = view();
  store.undo();
  assert.deepEqual(store.state.params, {});
  store.goTo(-1);
  assert.deepEqual(differences(view(), empty()), []);
  assert.deepEqual([store.canUndo, store.canRedo, states()], [false, true, "undone undone undone"]);
  store.redo();
  assert.deepEqual([store.state.filters.period, store.state.filters.dimensions], [["2024-01-01", "2024-06-30"], []]);
  store.goTo(2);
  assert.deepEqual(differences(view(), last), []);
  assert.deepEqual([store.canRedo, states()], [false, "done done done"]);
});

test("one change is taken back alone: later ones stay, and that itself can be undone", () => {
  begin();
  filters({ period: ["2024-01-01", "2024-06-30"] });
  filters({ dimensions: [region("east")] });
  store.change({ compare: { ...noFilters(), audience: "one" } });
  store.takeBack(0);
  assert.deepEqual([store.state.filters.period, store.state.filters.dimensions[0]?.values, store.state.compare?.audience], [null, ["east"], "one"]);
  assert.equal(store.changes.length, 4);
  store.undo();
  assert.deepEqual(store.state.filters.period, ["2024-01-01", "2024-06-30"]);
});

test("what was changed again later cannot be taken back alone, since nothing of it is left", () => {
  begin();
  filters({ dimensions: [region("east")] });
  filters({ dimensions: [region("east", "west")] });
  assert.deepEqual(standing(store.changes, 0), []);
  assert.equal(standing(store.changes, 1).length, 1);
  store.undo();
  assert.equal(standing(store.changes, 0).length, 1);
});

test("a change after an undo sets the undone ones aside, and each can still be done again", () => {
  begin();
  filters({ period: ["2024-01-01", "2024-06-30"] });
  filters({ dimensions: [region("east")] });
  store.undo();
  store.undo();
  filters({ audience: "one" });
  assert.equal(states(), "aside aside done");
  assert.equal(store.canRedo, false);
  store.doAgain(1);
  assert.deepEqual([store.state.filters.period, store.state.filters.dimensions[0]?.values, store.state.filters.audience], [null, ["east"], "one"]);
  store.undo();
  store.undo();
  assert.deepEqual(differences(view(), empty()), []);
  assert.equal(redoable(store.changes), 2);
});

test("what changes nothing is no change; two hundred are kept", () => {
  begin();
  filters({ period: null });
  filters({ dimensions: [product()] });
  assert.equal(store.changes.length, 0);
  let list: Change[] = [];
  for (let i = 0; i < MOST + 50; i++) list = record(list, differences(empty(), { ...empty(), params: { rfm: { k: i + 1 } } }), i);
  assert.deepEqual([list.length, list[0]?.at, undoable(list)], [MOST, 50, MOST - 1]);
  const { view: first } = goTo(list, empty(), -1);
  assert.deepEqual(first.params, {});
});

test("a table read anew keeps the changes whose columns it still has", () => {
  begin();
  filters({ dimensions: [region("east")] });
  filters({ dimensions: [region("east"), product("x")] });
  store.change({ compare: { ...noFilters(), dimensions: [region("west"), product("y")] } });
  const kept = fit(store.changes, (c) => c === "product");
  assert.deepEqual(kept.map((c) => c.parts.map((p) => p.key.join("/")).join()), ["dimension/product", "compare"]);
  assert.deepEqual((kept[1]?.parts[0]?.after as View["filters"]).dimensions.map((d) => d.column), ["product"]);
});
