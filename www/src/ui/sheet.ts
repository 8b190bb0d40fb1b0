/** The side sheet: settings, method, steps, keys, privacy, preferences. It takes the focus and gives it back; the page stays usable. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { dateRange, format, interval } from "../i18n/format.ts";
import { say, t, type Key } from "../i18n/index.ts";
import { SIGNS } from "../state/currency.ts";
import { giveBack } from "../state/join.ts";
import { session, type Taken } from "../state/session.ts";
import { store, style } from "../state/store.ts";
import * as workspace from "../state/workspace.ts";
import { wholeTable } from "../state/whole.ts";
import type { RecipeStep, Table, Tile } from "../types/engine.ts";
import { Piece, save } from "./element.ts";
import { setLanguage, setTheme } from "./actions.ts";
import { mayLose } from "./ask.ts";
import { icon } from "./icons.ts";
import { proofRule, sent } from "./landing.ts";
import { shown } from "./room.ts";
import { roleName } from "./states.ts";
import { MAX_ROWS, workbook } from "./xlsx.ts";
import "./history.ts";
import "./rule.ts";
import "./settings.ts";

@customElement("kl-sheet")
export class Sheet extends Piece {
  private openFor: unknown = null;
  private from: HTMLElement | null = null;
  private saving = false;

  override render(): TemplateResult {
    const { sheet } = this.app;
    if (!sheet) return html``;
    const title = sheet.kind === "row" ? sheet.title : t(`sheet.${sheet.kind}` as Key);
    return html`<aside class="sheet over" part="sheet" role="complementary" aria-label=${title}>
      <header><h2 tabindex="-1">${title}</h2><button class="ib" type="button" aria-label=${t("close")} @click=${() => store.set({ sheet: null })}>${icon("close")}</button></header>
      <div class="shbody">${this.body()}</div></aside>`;
  }

  protected override updated(_: PropertyValues): void {
    const { sheet } = this.app;
    if (sheet?.kind === (this.openFor as { kind?: string } | null)?.kind) return;
    if (sheet) {
      if (!this.openFor) this.from = this.root.activeElement as HTMLElement | null;
      this.querySelector<HTMLElement>("h2")?.focus();
    } else this.from?.focus();
    this.openFor = sheet;
  }

  private body(): TemplateResult {
    const { sheet } = this.app;
    switch (sheet?.kind) {
      case "settings":
        return html`<kl-settings></kl-settings>`;
      case "method":
        return this.method(sheet.tile);
      case "steps":
        return this.steps();
      case "rule":
        return html`<kl-rule></kl-rule>`;
      case "keys":
        return this.keys();
      case "row":
        return html`<dl class="pairs asis">${sheet.pairs.map(([label, value, about]) => html`<dt>${label}${about ? html`<small>${about}</small>` : nothing}</dt><dd>${value}</dd>`)}</dl>`;
      case "privacy":
        return this.privacy();
      case "preferences":
        return this.preferences();
      default:
        return html``;
    }
  }

  private method(tileId: string | undefined): TemplateResult {
    if (!shown) return html``;
    const { meta, out } = shown;
    const m = out?.words.method;
    const s = style();
    const tile: Tile | undefined = tileId ? out?.words.tiles.find((x) => x.id === tileId) : undefined;
    return html`
      ${tile ? html`<section class="tiledef"><h3>${t("pair", { name: say(tile.label), value: format(tile.value, tile.format, s, "full") })}</h3><p>${say(tile.definition)}</p>
        ${tile.interval ? html`<p class="note">95% ${interval(tile.interval[0], tile.interval[1], tile.format, s)}</p>` : nothing}
        ${tile.usual ? html`<p class="note">${t("method.usual", { range: interval(tile.usual[0], tile.usual[1], "percent", s) })}</p>` : nothing}
        ${tile.n !== null ? html`<p class="note">n ${format(tile.n, "count", s)}</p>` : nothing}
        <p class="note">${t("pair", { name: t("method.filters"), value: filterWords() })}</p>
        <button class="link" type="button" @click=${() => (this.root.querySelector("kl-room") as (HTMLElement & { scrollToTable(): void }) | null)?.scrollToTable()}>${t("select.showRows")}</button></section>` : nothing}
      <p>${say(meta.words.about)}</p>
      <div class="formula">${sentences(say(m?.formula ?? meta.words.formula)).map((line) => html`<p>${line}</p>`)}</div>
      ${m ? html`<section><h3>${t("method.used")}</h3><p>${t("table.rows", { n: format(m.used_rows, "count", s) })}</p></section>
        <section><h3>${t("method.leftOut")}</h3>${m.left_out.filter((l) => l.rows > 0).length === 0 ? html`<p>${t("method.nothing")}</p>` : html`<dl class="pairs">${m.left_out.filter((l) => l.rows > 0).map((l) => html`<dt>${say(l.reason)}</dt><dd>${format(l.rows, "count", s)}</dd>`)}</dl>`}</section>
        ${m.warnings.length > 0 ? html`<section class="warns"><h3>${t("method.warnings")}</h3><ul>${m.warnings.map((w) => html`<li>${icon("warn")}<span>${say(w)}</span></li>`)}</ul></section>` : nothing}
        ${m.choices.length > 0 ? html`<section><h3>${t("method.choices")}</h3><ul class="plain">${m.choices.map((c) => html`<li>${say(c)}</li>`)}</ul>
          <button class="link" type="button" @click=${() => store.set({ sheet: { kind: "settings" } })}>${t("method.change")}</button></section>` : nothing}` : nothing}
      ${m?.source || meta.source ? html`<section><h3>${t("method.source")}</h3><p>${m?.source || meta.source}</p></section>` : nothing}`;
  }

  /** What was done to the data, and what of it is looked at: the one that the screen is about comes first. */
  private steps(): TemplateResult {
    if (!session.table) return html`<p>${t("import.nothing")}</p>`;
    const view = html`<section class="viewsteps"><kl-history></kl-history></section>`;
    const data = html`<section class="datasteps">${this.recipe(session.table)}</section>`;
    return this.app.screen === "import" ? html`${data}${view}` : html`${view}${data}`;
  }

  private recipe(table: Table): TemplateResult {
    const list = table.recipe();
    const { taken } = session;
    const back = (step: string, run: () => void): TemplateResult => html` <button class="ib" type="button" aria-label=${t("steps.takeBack", { step })} title=${t("steps.takeBack", { step })} @click=${run}>${icon("undo")}</button>`;
    const line = (s: RecipeStep, i: number): TemplateResult => html`<li>${stepWords(s)}${s.op === "read" ? nothing : back(stepWords(s), () => void this.takeBack(list.filter((_, j) => j !== i)))}</li>`;
    // The files lie under all other steps, one upon the other: the uppermost can be given back.
    const file = (x: Taken, i: number): TemplateResult => html`<li>${takenWords(x)}${i < taken.length - 1 ? nothing : x.before.blob ? back(takenWords(x), () => void giveBack()) : html` <small>${t("steps.unkept")}</small>`}</li>`;
    // Workspaces of earlier versions say which files there were, and no more.
    const unknown = taken.length === 0 ? store.state.files.slice(1).map(({ name }) => html`<li>${t("step.taken", { name })} <small>${t("steps.unkept")}</small></li>`) : [];
    const reads = list.filter((s) => s.op === "read").length;
    return html`<h3>${t("history.data")}</h3><p class="note">${t("steps.text")}</p>
      <ol class="steps">${list.slice(0, reads).map(line)}${taken.map(file)}${unknown}${list.slice(reads).map((s, i) => line(s, i + reads))}</ol>
      <div class="fx">
        <button class="btn" type="button" ?disabled=${table.undoSteps === 0} @click=${() => this.step(() => table.undo())}>${icon("undo")} ${t("undo")}</button>
        <button class="btn" type="button" ?disabled=${table.redoSteps === 0} @click=${() => this.step(() => table.redo())}>${icon("redo")} ${t("redo")}</button>
        <button class="btn q" type="button" @click=${() => save(new Blob([JSON.stringify(list, null, 1)], { type: "application/json" }), `${store.state.workspace?.name ?? "kelan"}.recipe.json`)}>${icon("download")} ${t("steps.save")}</button>
        <label class="btn q filebtn">${icon("file")} ${t("steps.replay")}<input type="file" accept=".json" @change=${(e: Event) => this.replay(e)}></label>
      </div>`;
  }

  private async takeBack(rest: RecipeStep[]): Promise<void> {
    const table = session.table;
    if (table && (await mayLose(table))) await this.step(() => table.replay(rest));
  }

  private async step(work: () => Promise<void>): Promise<void> {
    await work();
    await session.changed();
    void workspace.save();
    this.requestUpdate();
  }

  private async replay(e: Event): Promise<void> {
    const file = (e.target as HTMLInputElement).files?.[0];
    const table = session.table;
    if (!file || !table) return;
    const text = await file.text();
    let steps: RecipeStep[] = [];
    try {
      const read = JSON.parse(text) as unknown;
      if (Array.isArray(read) && read.every((s) => typeof (s as RecipeStep | null)?.op === "string")) steps = read as RecipeStep[];
    } catch {
      // No steps, then.
    }
    if (steps.length === 0) {
      store.set({ problem: { code: "bad_file", title: t("steps.notOne", { name: file.name }), detail: "", remedy: t("steps.notOneDo"), raw: "" } });
      return;
    }
    try {
      await session.replay(steps);
      void workspace.save();
      this.requestUpdate();
    } catch (error) {
      const { problemOf } = await import("../state/session.ts");
      store.set({ problem: problemOf(error, file.name) });
    }
  }

  private keys(): TemplateResult {
    const rows: [string, Key][] = [
      ["Ctrl/⌘ K", "keys.palette"], ["/", "keys.filter"], ["?", "keys.map"], ["Ctrl/⌘ ↵", "keys.use"], ["G O", "keys.overview"], ["G S", "keys.segments"], ["G C", "keys.cohorts"], ["G P", "keys.products"], ["G R", "keys.revenue"],
      ["[ ]", "keys.frames"], ["T", "keys.table"], ["M", "keys.method"], ["S", "keys.save"], ["J K", "keys.rows"], ["Ctrl/⌘ Z", "keys.undo"], ["H", "keys.history"], ["Esc", "keys.close"],
    ];
    return html`<dl class="pairs keys">${rows.map(([k, label]) => html`<dt>${k.split(" ").map((x) => html`<kbd>${x}</kbd> `)}</dt><dd>${t(label)}</dd>`)}</dl>
      <label class="check"><input type="checkbox" .checked=${this.app.letters} @change=${(e: Event) => {
        store.set({ letters: (e.target as HTMLInputElement).checked });
        workspace.remember();
      }}> ${t("keys.letters")}</label>`;
  }

  private privacy(): TemplateResult {
    return html`<p><b>${sent()}</b></p><p>${t("proof.sentText")}</p>
      <section><h3>${t("proof.offline")}</h3><p>${t("proof.offlineText")}</p></section>
      <section><h3>${t("proof.network")}</h3><p>${t("proof.networkText")}</p></section>
      <section><h3>${t("proof.rule")}</h3><p>${proofRule()}</p></section>
      <section><h3>${t("proof.kept")}</h3><p>${t("proof.keptText")}</p><button class="btn" type="button" @click=${() => store.set({ dialog: "forget" })}>${icon("trash")} ${t("landing.forget")}</button></section>`;
  }

  /** The rows that the filters keep, with every column of the file. */
  private exports(table: Table): TemplateResult {
    const rows = (this.app.count ?? this.app.total)?.rows ?? table.rows;
    const long = rows > MAX_ROWS;
    const put = (label: string, hint: string, run: () => Promise<void>, off = false): TemplateResult =>
      html`<button class="btn" type="button" ?disabled=${off || this.saving} title=${hint} @click=${() => void this.saveAs(run)}>${label}</button>`;
    const name = store.state.workspace?.name ?? "table";
    const csv = (encoding: "utf-8-bom" | "gb18030") => async (): Promise<void> => save(new Blob([await table.toCsv({ encoding, filter: session.filter() })], { type: "text/csv" }), `${name}.csv`);
    return html`<section class="takeout"><h3>${t("prefs.whole", { n: format(rows, "count", style()) })}</h3><div class="fx">
      ${put("XLSX", long ? t("export.xlsxTooLong", { n: format(MAX_ROWS, "count", style()) }) : t("export.xlsxHint"), async () => {
        const { columns, rows: n } = await wholeTable(table, session.filter());
        save(await workbook(columns, Uint32Array.from({ length: n }, (_, i) => i), name), `${name}.xlsx`);
      }, long)}
      ${put(t("export.csvBom"), t("export.csvBomHint"), csv("utf-8-bom"))}${put(t("export.csvGb"), t("export.csvGbHint"), csv("gb18030"))}
      ${put("Arrow", t("export.arrowHint"), async () => save(new Blob([(await table.toArrow()) as Uint8Array<ArrayBuffer>]), `${name}.arrow`))}</div>
      ${this.saving ? html`<p class="note" role="status">${t("table.working")} …</p>` : nothing}<p class="note">${long ? t("export.xlsxTooLong", { n: format(MAX_ROWS, "count", style()) }) : t("prefs.wholeText")}</p></section>`;
  }

  private async saveAs(run: () => Promise<void>): Promise<void> {
    this.saving = true;
    this.requestUpdate();
    try {
      await run();
    } catch (error) {
      const { problemOf } = await import("../state/session.ts");
      store.set({ problem: problemOf(error) });
    } finally {
      this.saving = false;
      this.requestUpdate();
    }
  }

  private preferences(): TemplateResult {
    const { locale, themeChoice, grouping, currency, letters, patterns } = this.app;
    const radio = (name: string, value: string, now: string, label: string, pick: () => void): TemplateResult =>
      html`<label class="check"><input type="radio" name=${name} .checked=${value === now} @change=${pick}> ${label}</label>`;
    const keep = (patch: Parameters<typeof store.set>[0]): void => {
      store.set(patch);
      workspace.remember();
    };
    return html`
      <fieldset><legend>${t("prefs.language")}</legend>${radio("l", "zh-CN", locale, "中文", () => setLanguage("zh-CN"))}${radio("l", "en", locale, "English", () => setLanguage("en"))}</fieldset>
      <fieldset><legend>${t("prefs.theme")}</legend>${(["light", "dark", "system"] as const).map((x) => radio("t", x, themeChoice, t(`theme.${x}`), () => setTheme(x)))}</fieldset>
      <fieldset><legend>${t("prefs.currency")}</legend>${["", ...SIGNS].map((c) => radio("c", c, currency, c || t("prefs.noCurrency"), () => {
        keep({ currency: c });
        void workspace.save();
      }))}</fieldset>
      <fieldset><legend>${t("prefs.grouping")}</legend>${radio("g", "wan", grouping, t("prefs.wan"), () => keep({ grouping: "wan" }))}${radio("g", "thousand", grouping, t("prefs.thousand"), () => keep({ grouping: "thousand" }))}</fieldset>
      <label class="check"><input type="checkbox" .checked=${patterns} @change=${(e: Event) => keep({ patterns: (e.target as HTMLInputElement).checked })}> ${t("prefs.patterns")}</label>
      <label class="check"><input type="checkbox" .checked=${letters} @change=${(e: Event) => keep({ letters: (e.target as HTMLInputElement).checked })}> ${t("keys.letters")}</label>
      <p><button class="link" type="button" @click=${() => store.set({ sheet: { kind: "keys" } })}>${t("sheet.keys")}</button></p>
      ${session.table ? html`<section><h3>${t("prefs.workspace")}</h3><div class="fx">
        <button class="btn" type="button" @click=${() => void workspace.toFile().then((b) => b && save(b, `${store.state.workspace?.name ?? "workspace"}.kelan`))}>${icon("download")} ${t("prefs.saveFile")}</button></div></section>
        ${this.exports(session.table)}` : nothing}
      <p class="note">${t("prefs.kept")}</p>`;
  }
}

/** The filters in force, in words. */
function filterWords(): string {
  const { filters, audiences } = store.state;
  const period = filters.period ?? session.span;
  const parts = [
    period ? dateRange(period[0], period[1], style()) : "",
    ...filters.dimensions.filter((d) => d.values.length > 0).map((d) => t("pair", { name: d.column, value: `${d.values.slice(0, 5).join(t("list.comma"))}${d.values.length > 5 ? " …" : ""}` })),
    audiences.find((a) => a.id === filters.audience)?.name ?? "",
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(" · ") : t("compare.everyone");
}

/** A file that was taken in, in words, with what it brought. */
function takenWords({ name, how, added, changed }: Taken): string {
  if (how === "replace") return t("step.replace", { name });
  const n = (v: number): string => format(v, "count", style());
  return t("step.appended", { name, rows: n(added), changed: n(changed) });
}

/** A step of the recipe in words. Steps that later versions add are named as they are. */
export function stepWords(s: RecipeStep): string {
  const text = (v: unknown): string => (v === null || v === undefined ? "" : typeof v === "object" ? JSON.stringify(v) : String(v));
  switch (s.op) {
    case "read":
      return t("step.read", { name: text(s["name"] ?? session.taken[0]?.before.files[0]?.name ?? store.state.files[0]?.name) });
    case "assign": {
      const roles = (s["roles"] ?? {}) as Record<string, unknown>;
      return Object.entries(roles).map(([role, column]) => (role === "tests" ? t(column === "drop" ? "step.testsOut" : "step.testsIn") : column === null ? t("step.unassign", { role: roleName(role) }) : t("step.assign", { role: roleName(role), column: text(column) }))).join("；".slice(0, store.state.locale === "zh-CN" ? 1 : 0) || "; ") || t("step.guess");
    }
    case "retype":
      return t("step.retype", { column: text(s["column"]), type: t(`type.${text(s["type"])}` as Key) });
    case "append":
      return t("step.append", { name: text(s["name"]) });
    default:
      return s.op;
  }
}

/** A formula with its words, a sentence a line: a full stop within a figure or a name ends none. */
function sentences(text: string): string[] {
  return text.split(/(?<=。)|(?<=[^A-Z.]\.)\s+(?=[A-ZΓΔ])|\n+/).map((line) => line.trim()).filter(Boolean);
}
