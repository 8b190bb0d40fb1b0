/**
 * The report: chosen rooms as one self-contained HTML file. Aggregates only: charts, figures and method, no customer; groups
 * below k are not printed, in pictures and sentences neither (chart/suppress.ts). Light, paginated, without script.
 */
import { resolveChart } from "../chart/resolve.ts";
import { suppress as withhold, tellsFew } from "../chart/suppress.ts";
import { twin } from "../chart/twin.ts";
import { dateRange, format, interval } from "../i18n/format.ts";
import { say, t, type Key } from "../i18n/index.ts";
import { session } from "../state/session.ts";
import { store, style } from "../state/store.ts";
import { palettes, FONTS } from "../style/palette.ts";
import type { Analysis, AnalysisMeta, Look, Tile } from "../types/engine.ts";
import { drawSvg, writer } from "./frame.ts";
import { beside, headline, pictures, spanWords } from "./overview.ts";
import { verdict } from "./tiles.ts";

interface Choice {
  k: number;
  twins: boolean;
}

const esc = (text: string): string => text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);

export async function makeReport(rooms: readonly string[], choice: Choice): Promise<Blob> {
  const parts: string[] = [];
  const people = await persons();
  for (const id of rooms) {
    const meta = session.meta(id);
    if (!meta) continue;
    try {
      const asked = session.ask(id);
      const out = await session.run(id, asked.params, asked.filter);
      parts.push(await section(meta, out, choice, people));
    } catch (error) {
      const words = (error as { words?: { message: { en: string; zh: string } } }).words;
      parts.push(`<section class="room"><h2>${esc(say(meta.words.title))}</h2><p>${esc(words ? say(words.message) : t("problem.unknown"))}</p></section>`);
    }
  }
  const { locale, workspace, synthetic } = store.state;
  const title = workspace?.name ?? "Kelan";
  const head = [period(), filters(), synthetic ? t("filter.synthetic") : ""].filter(Boolean).join(" · ");
  const day = new Date().toISOString().slice(0, 10);
  const html = `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><title>${esc(title)}</title><style>${css(`${title} · ${head} · ${day}`)}</style></head><body>` +
    `<header class="top"><p>Kelan 客览</p><h1>${esc(title)}</h1><p>${esc(head)}</p><p>${esc(format(day, "date", style()))} · ${esc(t("report.here"))}</p></header>` +
    `<main>${parts.join("")}</main><footer>${esc(choice.k > 0 ? t("report.suppressed", { k: choice.k }) : t("report.notSuppressed"))}</footer></body></html>`;
  return new Blob([html], { type: "text/html;charset=utf-8" });
}

/**
 * Prints a report from this page. A window of its own would inherit this page's policy and lose its style, so the report is laid beside the dashboard, in a
 * shadow root with constructed sheets; its pictures become images. Taken away again after printing.
 */
export async function printReport(report: Blob): Promise<void> {
  const text = await report.text();
  const parsed = new DOMParser().parseFromString(text, "text/html");
  const holder = document.createElement("div");
  const root = holder.attachShadow({ mode: "open" });
  const rules = parsed.querySelector("style")?.textContent ?? "";
  const inside = new CSSStyleSheet();
  inside.replaceSync(rules.replace("body{", ":host{display:block;"));
  root.adoptedStyleSheets = [inside];
  const urls: string[] = [];
  const waits: Promise<unknown>[] = [];
  for (const svg of parsed.querySelectorAll("figure > svg")) {
    const image = document.createElement("img");
    image.src = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
    image.alt = svg.querySelector("title")?.textContent ?? "";
    urls.push(image.src);
    waits.push(image.decode().catch(() => undefined));
    svg.replaceWith(image);
  }
  root.append(...parsed.body.childNodes);
  const page = new CSSStyleSheet();
  const at = rules.indexOf("@page");
  page.replaceSync(`${rules.slice(at, rules.indexOf("}}", at) + 2)}@media screen{[data-kelan-print]{display:none}}@media print{body>:not([data-kelan-print]){display:none!important}html,body{background:#fff!important}}`);
  holder.dataset["kelanPrint"] = "";
  document.body.append(holder);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, page];
  await Promise.all(waits);
  const title = document.title;
  document.title = parsed.title;
  const done = (): void => {
    holder.remove();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== page);
    document.title = title;
    for (const url of urls) URL.revokeObjectURL(url);
  };
  addEventListener("afterprint", done, { once: true });
  print();
}

function period(): string {
  const p = store.state.filters.period ?? session.span;
  return p ? dateRange(p[0], p[1], style()) : "";
}

function filters(): string {
  return store.state.filters.dimensions.filter((d) => d.values.length > 0).map((d) => t("pair", { name: d.column, value: d.values.join(t("list.comma")) })).join(" · ");
}

async function section(meta: AnalysisMeta, out: Analysis, { k, twins }: Choice, people: ReadonlySet<string>): Promise<string> {
  const unsafe = (text: string): boolean => tellsFew(text, k) || [...text.matchAll(/[“「"]([^”」"]+)[”」"]/g)].some((m) => people.has(m[1] ?? ""));
  const { locale, currency, grouping } = store.state;
  const lit: Look = { locale, theme: "light", currency, grouping };
  const charts: string[] = [];
  // The overview is drawn as on the page: the whole history, and where the change sits.
  const more = meta.id === "overview" ? await beside(store.state.filters) : null;
  const drawn = more ? pictures(out, more) : out.words.charts.map((chart) => ({ chart, out }));
  const finding = more ? headline(out, more.why) : say(out.words.headline);
  const span = more ? spanWords(out, store.state.filters.period !== null) : "";
  for (const { chart, out: from } of drawn) {
    const safe = withhold(chart, from.frame, from.summary, k, people);
    if (typeof safe === "string") {
      charts.push(`<p class="prov">${esc(t(safe === "customers" ? "report.noCustomers" : "report.noRecords", { title: say(meta.words.title) }))}</p>`);
      continue;
    }
    const picture = resolveChart(safe.chart, lit);
    // What a sentence about the chart was counted from may be gone from it.
    if (safe.hidden > 0 || unsafe(picture.alt)) picture.alt = picture.subtitle;
    if (unsafe(picture.title)) picture.title = say(meta.words.title);
    if (unsafe(picture.subtitle)) picture.subtitle = "";
    if (unsafe(picture.alt)) picture.alt = picture.title;
    const hidden = safe.hidden > 0 ? `<figcaption>${esc(t("report.hiddenIn", { n: safe.hidden, k }))}</figcaption>` : "";
    let drawing = "";
    try {
      drawing = await drawSvg(picture, lit, 900, true);
    } catch {
      drawing = "";
    }
    const t2 = twin(picture.option);
    const write = writer(picture.option);
    const figures = t2.columns.map((_, i) => i > 0 && t2.rows.every((r) => typeof (r[i] ?? 0) === "number" || /^<\d+$/.test(String(r[i]))));
    const table = twins && t2.rows.length > 0 && t2.rows.length <= 60 ? `<table class="${t2.columns.length > 9 ? "wide" : t2.columns.length < 4 ? "few" : ""}"><thead><tr>${t2.columns.map((c, i) => `<th class="${figures[i] ? "n" : ""}">${esc(c)}</th>`).join("")}</tr></thead><tbody>${
      t2.rows.map((r) => `<tr>${r.map((v, i) => `<td class="${figures[i] ? "n" : ""}">${esc(i > 0 && typeof v === "number" ? suppress(v, k, write) : String(v ?? "—"))}</td>`).join("")}</tr>`).join("")}</tbody></table>` : "";
    charts.push(`<figure aria-label="${esc(picture.alt)}">${drawing}${hidden}${table}</figure>`);
  }
  const m = out.words.method;
  const left = m.left_out.filter((l) => l.rows > 0).map((l) => esc(t("pair", { name: say(l.reason), value: format(l.rows, "count", style()) }))).join(" · ");
  return `<section class="room"><p class="q">${esc(meta.question === "overview" ? "" : t(`question.${meta.question}` as Key))} ${esc(say(meta.words.title))}</p><h2>${esc(unsafe(finding) ? say(meta.words.title) : finding)}</h2>
    <p class="prov">${span ? `${esc(span)} · ` : ""}${esc(t("prov.rows", { n: format(m.used_rows, "count", style()) }))}${left ? ` · ${left}` : ""}</p>
    <dl class="kpis">${out.words.tiles.map((x) => tile(x, k)).join("")}</dl>${charts.join("")}
    <div class="method"><h3>${esc(t("room.method"))}</h3><pre>${esc(say(m.formula))}</pre><p>${esc(m.choices.map((c) => say(c).replace(/[.。]$/, "")).join(" · "))}</p>${m.warnings.length > 0 ? `<p>${esc(m.warnings.map(say).filter((w) => !unsafe(w)).join(" "))}</p>` : ""}${
      out.words.tiles.length > 0 ? `<h3>${esc(t("report.definitions"))}</h3><dl>${out.words.tiles.map((x) => `<dt>${esc(say(x.label))}</dt><dd>${esc(say(x.definition))}</dd>`).join("")}</dl>` : ""}<p>${esc(m.source)}</p></div></section>`;
}

/** What stands for a person or an order in the file: charts that are labelled with it are not for others. */
async function persons(): Promise<Set<string>> {
  const out = new Set<string>();
  for (const c of session.table?.schema ?? []) {
    if (!/^(customer|name|phone|email|order|session)$/.test(c.role ?? "")) continue;
    for (const { value } of (await session.values(c.name).catch(() => ({ values: [] }))).values) out.add(value);
  }
  return out;
}

/** Whole counts between 1 and k − 1 could point at persons; a share of one or an amount of three is no count. */
function suppress(v: number, k: number, write: (v: number) => string): string {
  const text = write(v);
  return k > 0 && Number.isInteger(v) && v > 0 && v < k && /^\d+(\.0+)?$/.test(text) ? `<${k}` : text;
}

/** Counts of what is nobody: of columns, of groups, of products. */
const THINGS = new Set(["columns", "numbers", "identifiers", "pairs", "beyond_chance", "groups", "segments", "products"]);

function tile(x: Tile, k: number): string {
  const s = style();
  const few = (v: number | null): boolean => k > 0 && x.format === "count" && !THINGS.has(x.id) && v !== null && Math.abs(v) > 0 && Math.abs(v) < k;
  const hide = few(x.value) || (x.n !== null && x.n > 0 && x.n < k);
  const value = hide ? `<${k}` : format(x.value, x.format, s, "tile");
  // A change to or from a small count would give it away.
  const v = hide || few(x.previous) || (x.value !== null && x.previous !== null && few(x.value - x.previous)) ? null : verdict(x);
  return `<div><dt>${esc(say(x.label))}</dt><dd>${esc(value)}</dd><dd class="c">${esc(v ? `${v.text} ${v.word}` : "")}</dd><dd class="c">${esc(x.interval && !hide ? `95% ${interval(x.interval[0], x.interval[1], x.format, s)}` : "")}</dd></div>`;
}

/** Heads and feet of printed pages are the browser's margin boxes: those that know none print without. */
function css(head: string): string {
  const p = palettes.light;
  const faces = FONTS[store.state.locale];
  const quoted = (text: string): string => `"${text.replace(/[\\"<>&\n\r]/g, (c) => `\\${c.charCodeAt(0).toString(16)} `)}"`;
  const box = `font:9px ${faces};color:${p["ink-3"]}`;
  return `@page{size:A4;margin:18mm;@top-left{content:${quoted(head.slice(0, 140))};${box}}@bottom-left{content:${quoted(t("report.here"))};${box}}@bottom-right{content:counter(page) " / " counter(pages);${box}}}*{box-sizing:border-box}body{margin:0 auto;max-width:980px;padding:24px;font:14px/1.6 ${faces};color:${p["ink"]};background:#fff}` +
    `h1{font-size:28px;line-height:1.3;margin:4px 0}h2{font-size:22px;line-height:1.35;margin:4px 0 8px;text-wrap:balance}h3{font-size:14px;margin:16px 0 4px}p{margin:0}.top{border-bottom:1px solid ${p["rule"]};padding-bottom:16px;color:${p["ink-2"]}}.top h1{color:${p["ink"]}}` +
    `.room{padding:32px 0 8px;break-before:page}.room:first-child{break-before:auto}.q,.prov,footer{color:${p["ink-3"]};font-size:13px}.kpis{display:grid;grid-template-columns:repeat(auto-fit,minmax(96px,1fr));gap:12px;border-top:1px solid ${p["rule"]};border-bottom:1px solid ${p["line"]};margin:16px 0;padding:10px 0}` +
    `.kpis dt{font-size:13px;color:${p["ink-2"]}}.kpis dd{margin:0;font-size:22px;font-variant-numeric:tabular-nums}.kpis .c{font-size:12px;color:${p["ink-3"]}}figure{margin:20px 0}figure :is(svg,img){display:block;max-width:100%;height:auto;break-inside:avoid}` +
    `table{border-collapse:collapse;width:100%;font-size:12px;font-variant-numeric:tabular-nums;margin-top:8px}th,td{text-align:left;padding:3px 8px 3px 0;border-bottom:1px solid ${p["line"]}}.n{text-align:right}.few{width:auto;min-width:min(26em,100%)}.few td+td,.few th+th{padding-left:24px}.wide{font-size:10px}.wide :is(th,td){padding-right:4px}.wide :is(th,td):first-child{white-space:nowrap}@media print{.wide{font-size:7.5px}.wide :is(th,td){padding:2px 2px 2px 0}}` +
    `figcaption{font-size:12px;color:${p["ink-3"]}}tr,pre,.kpis{break-inside:avoid}.method p{break-before:avoid;orphans:3;widows:3}thead{display:table-header-group}h2,h3{break-after:avoid}.method dl{display:grid;grid-template-columns:minmax(90px,1fr) 4fr;gap:2px 12px;margin:0}.method dd{margin:0}@media print{body{padding:0;max-width:none}}.method{color:${p["ink-2"]};font-size:12px}pre{white-space:pre-wrap;background:${p["sunk"]};padding:8px 12px;font:12px/1.6 ui-monospace,Consolas,monospace}footer{border-top:1px solid ${p["line"]};margin-top:32px;padding-top:8px}` +
    // On a telephone wide tables are swiped, the page is not.
    `@media screen and (max-width:720px){body{padding:16px}h1{font-size:22px}h2{font-size:19px}.kpis dd{font-size:19px}figure{overflow-x:auto}figure :is(svg,img){min-width:600px;max-width:none}table{display:block;overflow-x:auto}td,th{white-space:nowrap}.method dl{grid-template-columns:1fr}pre{overflow-x:auto}}`;
}
