// Kelan as one more adapter of the peer benchmark (its protocol: init, reset, ingest, then one call per task).
import { open } from 'kelan/core';

let kelan, table;
const SEGMENTS = ['Champions', 'Loyal', 'New', 'Potential', 'At risk', 'Lost'];
// The benchmark's own segments on R and (F + M) / 2, counted from the cells of the RFM grid.
const segmentOf = (r, f, m) => { const fm = (f + m) / 2; return r >= 4 && fm >= 4 ? 0 : r >= 3 && fm >= 3 ? 1 : r >= 4 ? 2 : r === 3 ? 3 : fm >= 3 ? 4 : 5; };
function fromCells(cells) {
  const count = [0, 0, 0, 0, 0, 0], sums = [0, 0, 0];
  for (const [cell, n] of Object.entries(cells)) {
    const [r, f, m] = [...cell].map(Number);
    count[segmentOf(r, f, m)] += n; sums[0] += r * n; sums[1] += f * n; sums[2] += m * n;
  }
  return { segments: Object.fromEntries(SEGMENTS.map((name, i) => [name, count[i]])), sums };
}
const cents = (money) => Math.round(money * 100);
const LAST_DAY = { as_of: '2026-01-01', scoring: 'min_rank' };

export default {
  name: 'kelan', version: '0',
  async init() { kelan = await open({ workers: 2 }); },
  async reset() { await table?.close(); table = null; },
  async ingest(file) {
    table = await kelan.read(file);
    await table.assign({ order: 'order_id', customer: 'customer_id', date: 'order_date', product: 'product', category: 'category', channel: 'channel', region: 'region', quantity: 'quantity', unit_price: 'unit_price', amount: 'amount' });
  },
  async summary() {
    const { summary } = await table.analyze('revenue', { period: 'year' });
    return { rows: table.rows, customers: summary.total.customers, orders: summary.total.orders, cents: cents(summary.total.revenue) };
  },
  async rfm() { return fromCells((await table.analyze('rfm', LAST_DAY)).summary.cells); },
  async cohort() {
    const { summary } = await table.analyze('cohort', { period: 'month' });
    return summary.rows.map((row) => Array.from(row.active));
  },
  async groupby() {
    const { frame, summary } = await table.analyze('revenue', { period: 'month', by: [{ role: 'channel' }, { role: 'category' }].map((b) => b.role) });
    return { groups: frame.rows, cents: cents(summary.total.revenue) };
  },
  async pareto() {
    const { frame, summary } = await table.analyze('pareto', { of: { role: 'product' } });
    const { value, revenue } = frame.columns;
    return { top: Array.from({ length: 10 }, (_, i) => [value[i], cents(revenue[i])]), abc: summary.abc };
  },
  async filter(regions) {
    const seen = await table.glance({ role: 'region', in: regions }, LAST_DAY);
    return { months: seen.months.map((m) => cents(m.revenue)), ...fromCells(seen.cells) };
  },
};
