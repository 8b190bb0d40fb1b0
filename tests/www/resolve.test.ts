import assert from "node:assert/strict";
import { test } from "node:test";
import { color, resolveChart, resolveOption } from "../../www/src/chart/resolve.ts";
import type { Chart } from "../../www/src/types/engine.ts";

const en = { locale: "en", theme: "light", currency: "¥" } as const;
const zh = { locale: "zh-CN", theme: "dark", currency: "¥" } as const;

test("words follow the locale, colours the theme", () => {
  const option = { name: { $words: { en: "Revenue", zh: "销售额" } }, color: ["$color:cat-1", "#123456"], nested: [{ itemStyle: { color: "$color:bad" } }] };
  assert.deepEqual(resolveOption(option, en), { name: "Revenue", color: ["#10777C", "#123456"], nested: [{ itemStyle: { color: "#9A5600" } }] });
  assert.deepEqual(resolveOption(option, zh), { name: "销售额", color: ["#57C5C5", "#123456"], nested: [{ itemStyle: { color: "#F0B25A" } }] });
});

test("a colour may be thinned, overridden, or unknown", () => {
  assert.equal(color("cat-1/18", en), "rgba(16,119,124,0.18)");
  assert.equal(color("cat-1", { theme: "light", colors: { "cat-1": "tomato" } }), "tomato");
  assert.equal(color("no-such", en), "#16201F");
});

test("a formatter writes for its place", () => {
  const o = resolveOption(
    {
      yAxis: { axisLabel: { formatter: { $format: "money" } } },
      tooltip: { valueFormatter: { $format: "money" } },
      series: [{ label: { formatter: { $format: "money" } } }],
    },
    en,
  ) as any;
  assert.equal(o.yAxis.axisLabel.formatter(150_000, 2), "150k");
  assert.equal(o.tooltip.valueFormatter(150_000), "¥150,000");
  assert.equal(o.series[0].label.formatter({ value: 150_000 }), "¥150.0k");
});

test("a formatter finds its number in arrays and data items", () => {
  const o = resolveOption({ label: { formatter: { $format: "percent", dim: 1 } }, other: { formatter: { $format: "count", dim: "n" } } }, en) as any;
  assert.equal(o.label.formatter({ value: [3, 0.5, 9] }), "50.0%");
  assert.equal(o.other.formatter({ value: [3, 0.5], data: { n: 1200 } }), "1,200");
  assert.equal(o.label.formatter({ data: { value: [3, 0.25] } }), "25.0%");
});

test("the input is left as it was, hostile text stays text", () => {
  const chart: Chart = {
    id: "c",
    title: { en: "<img src=x onerror=alert(1)>", zh: "标题" },
    subtitle: { en: "s", zh: "副" },
    alt: { en: "a", zh: "描述" },
    option: { series: [{ data: [{ name: "$colorful", value: 1 }, { name: "__proto__", value: 2 }] }] },
    drill: { columns: ["segment"] },
  };
  const before = JSON.stringify(chart);
  const r = resolveChart(chart, en);
  assert.equal(JSON.stringify(chart), before);
  assert.equal(r.title, "<img src=x onerror=alert(1)>");
  assert.deepEqual(r.option, chart.option);
  assert.deepEqual(r.drill, { columns: ["segment"] });
});
