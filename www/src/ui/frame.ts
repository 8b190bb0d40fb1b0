/** A chart in its frame: the finding as title, what is drawn as subtitle, the plot, its table twin, and a menu of what can be taken away. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ECharts } from "../chart/echarts.ts";
import { resolveChart } from "../chart/resolve.ts";
import { hold, scalesOf, shared, type Scales } from "../chart/hold.ts";
import { color } from "../chart/resolve.ts";
import { inTurn } from "../chart/turn.ts";
import { cellName, dress, fit, heightOf, laneOf, outline, pieces, theme } from "../chart/theme.ts";
import { csv, twin } from "../chart/twin.ts";
import { format } from "../i18n/format.ts";
import { say, t } from "../i18n/index.ts";
import { store, style, type State } from "../state/store.ts";
import type { Chart, ResolvedChart } from "../types/engine.ts";
import { announce, Piece, save, vars, whole } from "./element.ts";
import { icon } from "./icons.ts";
import { look } from "./look.ts";
import { blind, leads } from "./marks.ts";
import { workbook } from "./xlsx.ts";
import "./menu.ts";

export interface Mark {
  chart: string;
  name: string;
  seriesIndex: number;
  dataIndex: number;
  data: unknown;
  /** Its series, as it is named on the page. */
  series?: string;
  /** The last of its series. */
  last?: boolean;
}

type Json = Record<string, unknown>;

let library: Promise<typeof import("../chart/echarts.ts")> | null = null;
/** The chart library, fetched when it is first needed, and warm: its first drawing costs several times the second one, so it is done in small pieces. */
export const echarts = (): Promise<typeof import("../chart/echarts.ts")> => (library ??= import("../chart/echarts.ts").then(async (it) => {
  await warm(it);
  return it;
}));

async function warm({ init }: typeof import("../chart/echarts.ts")): Promise<void> {
  const axes = { xAxis: { type: "category", data: ["a", "b"], axisLabel: { hideOverlap: true } }, yAxis: { type: "value" } };
  const series = [["bar", [1, 2]], ["line", [1, 2]], ["scatter", [[0, 1]]]].map(([type, data]) => ({ type, data }));
  for (const option of [{ series: [] }, { ...axes, series: [] }, ...series.map((s) => ({ ...axes, tooltip: {}, series: [s] }))]) {
    await inTurn(option);
    const plot = init(null as unknown as HTMLElement, theme(look()), { renderer: "svg", ssr: true, width: 240, height: 120 });
    plot.setOption(dress(option, "", false));
    plot.dispose();
  }
}

@customElement("kl-frame")
export class Frame extends Piece {
  @property({ attribute: false }) chart: Chart | null = null;
  @property() room = "";
  @property({ type: Boolean }) pinned = false;
  /** Marks that are selected: outlined on the chart. */
  @property({ attribute: false }) marked: readonly string[] = [];
  /** Something is dragged: axes stay as they are. */
  @property({ type: Boolean }) still = false;
  /** Height of the plot where the place gives one; else what the chart needs. */
  @property({ type: Number }) tall = 0;
  /** The chart that stands beside this one: both share one scale. */
  @property({ attribute: false }) beside: Chart | null = null;
  private scales: Scales | null = null;
  private plot: ECharts | null = null;
  private drawn = "";
  private drawnChart: Chart | null = null;
  private resolved: ResolvedChart | null = null;
  private resolvedFor = "";
  private showTable = false;
  private watcher: ResizeObserver | null = null;
  private width = 0;
  private at = { series: 0, item: -1 };
  private failed = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("fr");
    this.watcher = new ResizeObserver((entries) => {
      const width = Math.round(entries[0]?.contentRect.width ?? 0);
      if (width === 0 || width === this.width) return;
      const regime = width < 420 !== this.width < 420 || this.lane > this.width;
      this.width = width;
      if (!this.plot || regime || this.lane > width) this.requestUpdate();
      else this.plot.resize({ width });
    });
    this.watcher.observe(this);
    // Taken out and put back at the same width: what was drawn is gone, and nothing else would ask for it.
    if (this.hasUpdated) this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watcher?.disconnect();
    this.dispose();
  }

  private dispose(): void {
    // A picture painted in pieces asks for its next frame even when it is gone (zrender 6.1): told that another one has begun, it stops.
    const painter = this.plot?.getZr().painter as { _redrawId?: number } | undefined;
    if (painter) painter._redrawId = 0;
    this.plot?.dispose();
    this.plot = null;
    this.drawn = "";
  }

  protected override onStore(state: State, before: State): void {
    if (state.locale === before.locale && state.theme === before.theme && state.currency === before.currency && state.grouping === before.grouping && state.patterns === before.patterns) return;
    this.requestUpdate();
  }

  private get picture(): ResolvedChart | null {
    if (!this.chart) return null;
    const key = JSON.stringify(look());
    if (this.resolved === null || this.resolvedFor !== key || this.drawnChart !== this.chart) {
      const now = look(this.root instanceof ShadowRoot ? this.root.host : null);
      // The scales of the moment the dragging began, taken before the first new picture.
      if (!this.still) this.scales = null;
      else if (!this.scales && this.resolved && this.drawnChart?.id === this.chart.id) this.scales = scalesOf(this.resolved.option);
      const next = resolveChart(this.chart, now);
      if (this.scales) next.option = hold(next.option, this.scales);
      else if (this.beside) next.option = hold(next.option, shared(scalesOf(next.option), scalesOf(resolveChart(this.beside, now).option)));
      this.resolved = next;
      this.resolvedFor = key;
      this.drawnChart = this.chart;
      this.drawn = "";
    }
    return this.resolved;
  }

  override render(): TemplateResult {
    const picture = this.picture;
    if (!picture) return html`<div class="ch held"><span>—</span></div>`;
    const height = this.tall || heightOf(picture.option, this.width || 600);
    const swiped = this.width > 0 && laneOf(picture.option, this.width) > this.width;
    return html`<header>
        <h2 part="chart-title">${whole(picture.title)}</h2>
        ${picture.subtitle ? html`<p>${whole(picture.subtitle)}</p>` : nothing}
        <div class="tools">
          <button class="ib" type="button" aria-pressed=${this.showTable} aria-label=${t("frame.table")} title=${t("frame.table")} @click=${this.toggleTable}>${icon("table")}</button>
          <kl-menu kind="ib" .label=${t("frame.more")} .face=${icon("more")} .items=${this.actions()} @choose=${this.act}></kl-menu>
        </div>
      </header>
      <div class="ch ${swiped ? "swiped" : ""}" part="chart" role="img" tabindex="0" aria-label=${picture.alt || picture.title} ?hidden=${this.showTable} ${vars({ height: `${height}px` })}
        @keydown=${this.walk} @blur=${this.leave}></div>
      ${this.showTable ? this.table(picture) : nothing}
      ${this.failed ? html`<p class="note">${t("frame.failed")}</p>` : nothing}`;
  }

  private table(picture: ResolvedChart): TemplateResult {
    const data = twin(picture.option);
    const numeric = data.columns.map((_, i) => data.rows.every((r) => r[i] === null || r[i] === undefined || typeof r[i] === "number"));
    const write = writer(picture.option);
    // The roles are said although they are a table's own: where the page is narrow its rows are stacked, and a browser would forget them.
    return html`<div class="twin" tabindex="0" role="region" aria-label=${picture.title}><table role="table" class="stacks ${data.columns.length > 2 ? "" : "two"}">
      <thead role="rowgroup"><tr role="row">${data.columns.map((c, i) => html`<th role="columnheader" scope="col" class=${numeric[i] ? "num" : ""}>${c}</th>`)}</tr></thead>
      <tbody role="rowgroup">${data.rows.slice(0, 500).map((r) => html`<tr role="row">${r.map((v, i) =>
        i === 0 ? html`<th role="rowheader" scope="row" data-head=${data.columns[0] || nothing} class=${numeric[i] ? "num" : ""}>${v ?? "—"}</th>`
          : html`<td role="cell" data-head=${data.columns[i] ?? ""} class="${numeric[i] ? "num" : ""} ${v === null || v === undefined ? "none" : ""}">${typeof v === "number" ? write(v) : (v ?? "—")}</td>`)}</tr>`)}</tbody>
    </table>${data.rows.length > 500 ? html`<p class="note">${t("frame.firstRows", { n: 500, of: data.rows.length })}</p>` : nothing}</div>`;
  }

  protected override updated(_: PropertyValues): void {
    if (this.stale) void this.draw();
  }

  /** How wide the chart is drawn: further than the frame where its figures need it. */
  private get lane(): number {
    const picture = this.picture;
    return picture ? laneOf(picture.option, this.width) : this.width;
  }

  private get key(): string {
    const { lane } = this;
    return `${this.resolvedFor}|${this.width < 420}|${lane > this.width ? lane : ""}|${this.tall}|${this.app.patterns}|${this.marked.join("\u0001")}`;
  }

  /** Marks of this chart stand for customers or rows. */
  private get leads(): boolean {
    return this.chart !== null && leads(this.room, this.chart);
  }

  private get stale(): boolean {
    return this.chart !== null && !this.showTable && this.width > 0 && !(this.plot && this.drawn === this.key);
  }

  private async draw(): Promise<void> {
    const { init } = await echarts();
    // Whatever was asked for meanwhile, the last wish is drawn, once.
    if (!(await inTurn(this)) || !this.isConnected || !this.stale) return;
    const picture = this.picture;
    const box = this.querySelector<HTMLElement>(".ch");
    if (!picture || !box) return;
    const height = this.tall || heightOf(picture.option, this.width);
    const { lane } = this;
    const themeNow = `${this.app.theme}|${this.resolvedFor}`;
    if (this.plot && (this.plot as unknown as { klTheme?: string }).klTheme !== themeNow) this.dispose();
    if (!this.plot) {
      const [whole, host] = [document.createElement("div"), document.createElement("div")];
      whole.className = "lane";
      whole.append(host);
      box.replaceChildren(whole);
      this.plot = init(host, theme(look(this.root instanceof ShadowRoot ? this.root.host : null)), { renderer: "canvas", width: lane, height });
      this.plot.on("finished", () => this.pinNames(whole));
      (this.plot as unknown as { klTheme?: string }).klTheme = themeNow;
      this.plot.on("click", (e) => this.pick(e as unknown as Mark & { name: string }));
      // Lines have no marks to hit: the place under the pointer is meant.
      const zr = this.plot.getZr();
      zr.on("click", (e) => {
        const near = this.lineAt(e.offsetX, e.offsetY);
        if (near) this.pick(near);
      });
      zr.on("mousemove", (e) => {
        if (this.leads && this.lineAt(e.offsetX, e.offsetY)) zr.setCursorStyle("pointer");
      });
    }
    this.drawn = this.key;
    try {
      // Size first: an empty plot takes it for nothing, a full one would be drawn twice.
      if (this.plot.getWidth() !== lane || this.plot.getHeight() !== height) {
        this.plot.clear();
        this.plot.resize({ width: lane, height });
      }
      // Painted with the next frame of the page, not in this task.
      const painter = this.plot.getZr() as { flush?: () => void };
      painter.flush = () => undefined;
      this.plot.setOption(fit(pieces(dress(outline(this.pointed(picture.option), this.marked, color("ink", look())), picture.alt, this.app.patterns, this.app.theme === "dark")), lane), { notMerge: true });
      if (lane > this.width) this.plot.setOption({ tooltip: { position: this.inSight } });
      delete painter.flush;
      this.failed = false;
    } catch {
      // A chart that cannot be drawn still has its table.
      this.failed = true;
      this.showTable = true;
      this.requestUpdate();
    }
  }

  // A chart that goes on beyond the frame

  /** What stands left of the cells stays in sight while they are swiped: a copy of that strip of the picture. */
  private pinNames(whole: HTMLElement): void {
    const { plot } = this;
    const drawn = whole.querySelector<HTMLCanvasElement>(":scope > div canvas");
    const old = whole.querySelector<HTMLCanvasElement>(".stay");
    if (!plot || !drawn || this.lane <= this.width) {
      old?.remove();
      return;
    }
    const stay = old ?? document.createElement("canvas");
    if (!old) {
      stay.className = "stay";
      stay.setAttribute("aria-hidden", "true");
      whole.append(stay);
    }
    const left = Math.ceil(plot.convertToPixel({ xAxisIndex: 0 }, 0) - (plot.convertToPixel({ xAxisIndex: 0 }, 1) - plot.convertToPixel({ xAxisIndex: 0 }, 0)) / 2);
    const ratio = drawn.width / plot.getWidth();
    stay.width = Math.max(1, Math.round(left * ratio));
    stay.height = drawn.height;
    stay.style.width = `${left}px`;
    stay.style.height = `${plot.getHeight()}px`;
    stay.style.marginTop = `${-plot.getHeight()}px`;
    stay.getContext("2d")?.drawImage(drawn, 0, 0, stay.width, stay.height, 0, 0, stay.width, stay.height);
  }

  private get strip(): number {
    return this.querySelector<HTMLCanvasElement>(".stay")?.offsetWidth ?? 0;
  }

  /** A tooltip beside its mark, within the part that is in sight. */
  private inSight = (point: [number, number], _p: unknown, _e: unknown, _r: unknown, size: { contentSize: [number, number]; viewSize: [number, number] }): [number, number] => {
    const from = (this.querySelector(".ch")?.scrollLeft ?? 0) + this.strip;
    const to = from - this.strip + this.width - size.contentSize[0];
    const below = point[1] + 16 + size.contentSize[1] <= size.viewSize[1];
    return [Math.max(from, Math.min(to, point[0] + 12)), below ? point[1] + 16 : Math.max(0, point[1] - 16 - size.contentSize[1])];
  };

  /** Swipes as far as the mark that the keys have reached. */
  private reveal(value: unknown): void {
    const box = this.querySelector<HTMLElement>(".ch");
    if (!box || !this.plot || this.strip === 0 || !Array.isArray(value)) return;
    const x = this.plot.convertToPixel({ xAxisIndex: 0 }, value[0] as number);
    const half = 30;
    if (x - half < box.scrollLeft + this.strip) box.scrollLeft = x - half - this.strip;
    else if (x + half > box.scrollLeft + this.width) box.scrollLeft = x + half - this.width;
  }

  // Marks

  /** Of a chart of lines alone: the point of the line nearest to the pointer, at the place along the axis that it is over. */
  private lineAt(x: number, y: number): { name: string; seriesIndex: number; dataIndex: number; data: unknown } | null {
    const all = ([] as Json[]).concat((this.resolved?.option["series"] as Json[] | undefined) ?? []);
    const { plot } = this;
    if (!plot || all.length === 0 || all.some((s) => s["type"] !== "line") || !plot.containPixel("grid", [x, y])) return null;
    const [px, py] = plot.convertFromPixel("grid", [x, y]) as [number, number];
    let best: { name: string; seriesIndex: number; dataIndex: number; data: unknown } | null = null;
    let least = Number.POSITIVE_INFINITY;
    all.forEach((s, seriesIndex) => {
      const data = (s["data"] ?? []) as unknown[];
      if (s["silent"] === true || data.length === 0) return;
      const pairs = Array.isArray(data[0]);
      // Along an axis of names the place is the position; along one of numbers the nearest point before or after.
      let at = Math.round(px);
      if (pairs) at = data.reduce<number>((b, v, i) => (Math.abs((v as number[])[0]! - px) < Math.abs((data[b] as number[])[0]! - px) ? i : b), 0);
      const item = data[at];
      const value = pairs ? (item as number[] | undefined)?.[1] : typeof item === "object" && item !== null ? ((item as Json)["value"] as number) : (item as number | null | undefined);
      if (value === null || value === undefined || Number.isNaN(value)) return;
      const off = Math.abs(value - py);
      if (off < least) {
        least = off;
        best = { name: this.categoryName(at), seriesIndex, dataIndex: at, data: item };
      }
    });
    return best;
  }

  /** What leads nowhere does not look as if it did. */
  private pointed(option: Json): Json {
    const { chart } = this;
    if (!chart) return option;
    const all = ([] as Json[]).concat((option["series"] as Json[] | undefined) ?? []);
    const series = all.map((s) => {
      if (!this.leads) return { ...s, cursor: "default" };
      if (s["type"] !== "bar" || !Array.isArray(s["data"])) return s;
      return { ...s, data: (s["data"] as unknown[]).map((v, i) => (typeof v === "object" && v !== null && !Array.isArray(v) && blind(this.room, chart, i) ? { ...v, cursor: "default" } : v)) };
    });
    return { ...option, series };
  }

  private pick(e: { name?: string; seriesIndex?: number; dataIndex?: number; data?: unknown }): void {
    if (!this.chart || !this.leads) return;
    const [series, item] = [e.seriesIndex ?? 0, e.dataIndex ?? 0];
    const all = this.series()[series];
    const last = item === (all?.data.length ?? 0) - 1;
    // A cloud of points says once, for the whole series, what a point stands for.
    const data = all?.drill !== undefined && Array.isArray(e.data) ? { value: e.data, drill: all.drill } : e.data;
    this.tell("mark", { chart: this.chart.id, name: cellName(this.resolved?.option ?? {}, (data as Json | null)?.["value"]) ?? (e.name || (all?.drill === undefined ? "" : all.name)), seriesIndex: series, dataIndex: item, data, series: all?.name ?? "", last } satisfies Mark);
  }

  private series(): { data: unknown[]; name: string; silent: boolean; drill?: unknown }[] {
    const option = this.resolved?.option ?? {};
    return ([] as Json[]).concat((option["series"] as Json[] | undefined) ?? []).map((s) => ({ data: (s["data"] ?? s["nodes"] ?? []) as unknown[], name: String(s["name"] ?? ""), silent: s["silent"] === true, drill: s["drill"] ?? undefined }));
  }

  private walk = (e: KeyboardEvent): void => {
    const all = this.series();
    const now = all[this.at.series];
    if (!this.plot || !now) return;
    let { series, item } = this.at;
    if (e.key === "ArrowRight") item += 1;
    else if (e.key === "ArrowLeft") item -= 1;
    else if (e.key === "ArrowDown") series += 1;
    else if (e.key === "ArrowUp") series -= 1;
    else if (e.key === "Home") item = 0;
    else if (e.key === "End") item = now.data.length - 1;
    else if (e.key === "Enter" && item >= 0) {
      const data = now.data[item];
      const name = typeof data === "object" && data !== null && "name" in data ? String((data as Json)["name"]) : this.categoryName(item);
      this.pick({ name, seriesIndex: series, dataIndex: item, data });
      return;
    } else return;
    e.preventDefault();
    // What is drawn behind the marks, such as a band, is no mark.
    const step = series < this.at.series ? -1 : 1;
    series = Math.max(0, Math.min(all.length - 1, series));
    while (all[series]?.silent && all[series + step]) series += step;
    if (all[series]?.silent) series = this.at.series;
    const length = all[series]?.data.length ?? 0;
    item = Math.max(0, Math.min(length - 1, item));
    this.plot.dispatchAction({ type: "downplay" });
    this.at = { series, item };
    const mark = all[series]?.data[item] as Json | unknown[] | undefined;
    this.reveal(Array.isArray(mark) ? mark : mark?.["value"]);
    this.plot.dispatchAction({ type: "highlight", seriesIndex: series, dataIndex: item });
    this.plot.dispatchAction({ type: "showTip", seriesIndex: series, dataIndex: item });
    announce(this.root, this.describe(series, item));
  };

  private leave = (): void => {
    this.plot?.dispatchAction({ type: "hideTip" });
    this.plot?.dispatchAction({ type: "downplay" });
  };

  private categoryName(item: number): string {
    const option = this.resolved?.option ?? {};
    for (const key of ["xAxis", "yAxis"]) {
      const axis = ([] as Json[]).concat((option[key] as Json[] | undefined) ?? []).find((a) => a["type"] === "category" && Array.isArray(a["data"]));
      if (axis) {
        const v = (axis["data"] as unknown[])[item];
        return typeof v === "object" && v !== null ? String((v as Json)["value"]) : String(v ?? "");
      }
    }
    return "";
  }

  private describe(series: number, item: number): string {
    const s = this.series()[series];
    const data = s?.data[item];
    const value = typeof data === "object" && data !== null && !Array.isArray(data) ? (data as Json)["value"] : data;
    const name = typeof data === "object" && data !== null && "name" in data ? String((data as Json)["name"]) : this.categoryName(item);
    const number = Array.isArray(value) ? value[value.length - 1] : value;
    return [s?.name, name, typeof number === "number" ? writer(this.resolved?.option ?? {})(number) : String(number ?? "—")].filter(Boolean).join(", ");
  }

  // Taking away

  private actions(): import("./menu.ts").MenuItem[] {
    return [
      { id: "png", label: t("frame.png"), icon: "download" },
      { id: "svg", label: t("frame.svg"), icon: "download" },
      { id: "csv", label: t("frame.csv"), icon: "download" },
      { id: "xlsx", label: t("frame.xlsx"), icon: "download" },
      { id: "json", label: t("frame.json"), icon: "download" },
      { id: "copy", label: t("frame.copy"), icon: "copy" },
      { id: "pin", label: this.pinned ? t("frame.unpin") : t("frame.pin"), icon: "pin", separated: true },
      { id: "full", label: t("frame.full"), icon: "full" },
      { id: "method", label: t("room.method"), icon: "fx" },
    ];
  }

  private act = (e: CustomEvent<string>): void => {
    const file = `${this.room}-${this.chart?.id ?? "chart"}`;
    if (e.detail === "png") void this.png().then((b) => b && save(b, `${file}.png`));
    else if (e.detail === "svg") void this.svg().then((s) => save(new Blob([s], { type: "image/svg+xml" }), `${file}.svg`));
    else if (e.detail === "csv") save(new Blob(["\ufeff", this.csv()], { type: "text/csv;charset=utf-8" }), `${file}.csv`);
    else if (e.detail === "xlsx") void this.xlsx().then((b) => b && save(b, `${file}.xlsx`));
    else if (e.detail === "json") save(new Blob([this.json()], { type: "application/json" }), `${file}.json`);
    else if (e.detail === "copy") void this.copy();
    else if (e.detail === "full") void this.requestFullscreen?.().then(() => this.requestUpdate());
    else if (e.detail === "method") store.set({ sheet: { kind: "method" } });
    else this.tell(e.detail, this.chart?.id);
  };

  csv(): string {
    const picture = this.picture;
    return picture ? csv(twin(picture.option)) : "";
  }

  /** What is drawn, with the sentences that go with it: rows of the table twin as lists under their columns. */
  json(): string {
    const picture = this.picture;
    if (!picture) return "null\n";
    return `${JSON.stringify({ title: picture.title, subtitle: picture.subtitle, ...twin(picture.option) }, null, 1)}\n`;
  }

  private async xlsx(): Promise<Blob | null> {
    const picture = this.picture;
    if (!picture) return null;
    const { columns, rows } = twin(picture.option);
    const sheet = columns.map((label, i) => ({ label, format: rows.every((r) => typeof (r[i] ?? 0) === "number") ? "number" : "text", values: rows.map((r) => r[i] ?? null) }));
    return workbook(sheet, rows.map((_, i) => i), picture.title);
  }

  private async copy(): Promise<void> {
    const picture = this.picture;
    if (!picture) return;
    const { columns, rows } = twin(picture.option);
    const text = [columns, ...rows].map((r) => r.map((v) => v ?? "").join("\t")).join("\n");
    try {
      await navigator.clipboard.writeText(text);
      announce(this.root, t("frame.copied"));
    } catch {
      announce(this.root, t("frame.notCopied"), true);
    }
  }

  /** The chart with its title, drawn apart from the page: light on paper, whatever the theme. */
  async svg(width = 960): Promise<string> {
    if (!this.chart) return "";
    const lit = { ...look(), theme: "light" as const };
    const picture = resolveChart(this.chart, lit);
    return drawSvg(picture, lit, width, this.app.patterns);
  }

  private async png(): Promise<Blob | null> {
    const text = await this.svg();
    const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    try {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.naturalWidth * 2;
      canvas.height = image.naturalHeight * 2;
      const ctx = canvas.getContext("2d");
      if (!ctx) return null;
      ctx.drawImage(image, 0, 0, canvas.width, canvas.height);
      return await new Promise((done) => canvas.toBlob(done, "image/png"));
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  toggleTable = (): void => {
    this.showTable = !this.showTable;
    if (this.showTable) this.dispose();
    this.requestUpdate();
  };

  title_(): string {
    return say(this.chart?.title);
  }
}

/** Numbers of the twin are written as the tooltip writes them. */
export function writer(option: Json): (v: number) => string {
  const tip = option["tooltip"] as Json | undefined;
  const series = ([] as Json[]).concat((option["series"] as Json[] | undefined) ?? []);
  const own = tip?.["valueFormatter"] ?? (series[0]?.["tooltip"] as Json | undefined)?.["valueFormatter"];
  // Without a tooltip of its own a figure is written as beside its mark.
  const said = (of: unknown): unknown => ((of as Json | null)?.["label"] as Json | undefined)?.["formatter"];
  const beside = series.filter((s) => s["type"] !== "heatmap").flatMap((s) => [said(s), ...((s["data"] as unknown[] | undefined) ?? []).slice(0, 20).map(said)]).find((f) => typeof f === "function");
  const write = typeof own === "function" ? own : beside;
  if (typeof write === "function") return (v) => String((write as (v: number) => unknown)(v));
  return (v) => format(v, "number", style(), "full");
}

const escape = (text: string): string => text.replace(/[<>&"]/g, (c) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" })[c] ?? c);

/** An SVG picture with the title and subtitle above the plot. */
export async function drawSvg(picture: ResolvedChart, lookNow: import("../types/engine.ts").Look, width: number, patterns: boolean): Promise<string> {
  const { init } = await echarts();
  const height = heightOf(picture.option, width);
  const plot = init(null as unknown as HTMLElement, theme(lookNow), { renderer: "svg", ssr: true, width: width - 48, height });
  try {
    plot.setOption(dress(picture.option, picture.alt, patterns));
    const inner = plot.renderToSVGString();
    const wrap = (text: string, size: number, weight: number, fill: string, y: number): string =>
      `<text x="24" y="${y}" font-family="sans-serif" font-size="${size}" font-weight="${weight}" fill="${fill}">${escape(text)}</text>`;
    const total = height + 96;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}"><title>${escape(picture.title)}</title><desc>${escape(picture.alt)}</desc>` +
      `<rect width="100%" height="100%" fill="#FCFCFA"/>${wrap(picture.title, 17, 600, "#16201F", 38)}${wrap(picture.subtitle, 12, 400, "#5F6A68", 60)}` +
      `<g transform="translate(24 76)">${inner}</g></svg>`;
  } finally {
    plot.dispose();
  }
}
