// A model that was saved is used on a later file, through the package's own functions: scores, drift, and a refusal that can be understood.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { at } from "../../tools/build/common.mjs";

/** Visits and whether they bought: more often with more pages, and from the app. `shift` moves the pages. */
function visits(n, shift) {
  let state = 11;
  const uniform = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return (state + 0.5) / 2 ** 32; };
  const lines = ["pages,channel,bought"];
  for (let i = 0; i < n; i++) {
    const pages = Math.floor(20 * uniform()) + shift, channel = uniform() < 0.4 ? "app" : "web";
    const chance = 1 / (1 + Math.exp(3 - 0.2 * pages - (channel === "app" ? 1 : 0)));
    lines.push(`${pages},${channel},${uniform() < chance ? "yes" : "no"}`);
  }
  return lines.join("\n") + "\n";
}

test("a saved model scores a new file, says what has moved, and refuses a version it does not know", async () => {
  const { open } = await import(pathToFileURL(at("pkg/node.js"))), kelan = await open();
  try {
    const learned = await kelan.read(visits(800, 0));
    const params = { target: { column: "bought", equals: "yes" }, features: ["pages", "channel"], models: ["logistic"], export: true };
    const { summary } = await learned.analyze("classify", params);
    // As it comes back from a file.
    const model = JSON.parse(JSON.stringify(summary.model));

    const same = await learned.apply(model);
    assert.equal(same.summary.scored, 800);
    assert.ok(same.summary.psi.every((p) => p.verdict === "stable" && p.psi < 1e-9), JSON.stringify(same.summary.psi));

    const later = await kelan.read(visits(600, 12)), applied = await later.apply(model);
    const moved = Object.fromEntries(applied.summary.psi.map((p) => [p.feature, p.verdict]));
    assert.equal(moved.pages, "other");
    assert.equal(moved.channel, "stable");
    assert.equal(applied.frame.rows, 600);
    assert.ok([...applied.frame.columns.probability].every((p) => p > 0 && p < 1));
    assert.ok(applied.frame.columns.reasons.every((r) => /(pages|channel) = /.test(r)));
    assert.equal(applied.summary.outcomes.n, 600);

    for (const [wrong, expected] of [[{ ...model, version: 99 }, /version 99/], [{ pages: 1 }, /model/]]) {
      await assert.rejects(later.apply(wrong), (e) => {
        assert.equal(typeof e.code, "string");
        assert.match(e.message, expected);
        assert.ok(e.remedy, "what to do is said");
        return true;
      });
    }
  } finally { await kelan.close(); }
});
