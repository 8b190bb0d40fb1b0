/** What was changed of filters, comparison and settings, the latest first: go back to any moment, or take back one change alone. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { dateRange, format } from "../i18n/format.ts";
import { say, t } from "../i18n/index.ts";
import { MOST, redoable, standing, undoable, type Change, type Part } from "../state/history.ts";
import { session } from "../state/session.ts";
import { store, style, type DimensionFilter, type Filters } from "../state/store.ts";
import { Piece, announce } from "./element.ts";
import { icon } from "./icons.ts";
import { labelOf, wordOf } from "./settings.ts";
import { roleTitle } from "./states.ts";

@customElement("kl-history")
export class History extends Piece {
  override render(): TemplateResult {
    const list = store.changes;
    const now = undoable(list);
    return html`<h3>${t("history.view")}</h3>
      ${list.length === 0 ? html`<p class="note">${t("history.none")}</p>` : html`<p class="note">${t("history.text")}</p>
      <ol class="changes" reversed>${list.map((c, i) => this.line(c, i, i === now)).reverse()}
        <li class=${now < 0 ? "now" : ""}><button class="when" type="button" aria-current=${now < 0 ? "step" : nothing} @click=${() => this.go(() => store.goTo(-1))}><b>${t(list.length < MOST ? "history.start" : "history.before")}</b>${now < 0 ? html`<small>${t("history.now")}</small>` : nothing}</button></li></ol>`}
      <div class="fx">
        <button class="btn" type="button" ?disabled=${!store.canUndo} @click=${() => this.go(() => store.undo())}>${icon("undo")} ${t("undo")}</button>
        <button class="btn" type="button" ?disabled=${!store.canRedo} @click=${() => this.go(() => store.redo())}>${icon("redo")} ${t("redo")}</button>
      </div>`;
  }

  private line(c: Change, i: number, now: boolean): TemplateResult {
    const words = changeWords(c.parts);
    const done = c.state === "done";
    const own = done ? standing(store.changes, i) : [];
    const next = redoable(store.changes);
    const state = now ? t("history.now") : done ? (own.length === 0 ? t("history.overtaken") : "") : t("history.undone");
    const text = html`<b>${words}</b><small>${clock(c.at)}${state ? ` · ${state}` : ""}</small>`;
    return html`<li class="${now ? "now" : ""} ${done ? "" : "off"}">
      ${c.state === "aside" ? html`<span class="when">${text}</span>` : html`<button class="when" type="button" aria-current=${now ? "step" : nothing} title=${t("history.goTo")} @click=${() => this.go(() => store.goTo(i))}>${text}</button>`}
      ${done && own.length > 0 ? this.act("undo", t("steps.takeBack", { step: words }), () => (i === undoable(store.changes) ? store.undo() : store.takeBack(i))) : nothing}
      ${done ? nothing : this.act("redo", t("history.again", { step: words }), () => (i === next ? store.redo() : store.doAgain(i)))}</li>`;
  }

  private act(which: "undo" | "redo", label: string, run: () => void): TemplateResult {
    return html`<button class="ib" type="button" aria-label=${label} title=${label} @click=${() => this.go(run)}>${icon(which)}</button>`;
  }

  /** The list is another one afterwards: the place that holds now is said and keeps the focus. */
  private go(run: () => void): void {
    run();
    void this.updateComplete.then(() => {
      const here = this.querySelector<HTMLElement>(".now .when");
      if (here && !(this.root.activeElement as HTMLElement | null)?.closest(".fx")) (here.matches("button") ? here : (here.querySelector<HTMLElement>("button") ?? here)).focus();
      announce(this.root, `${t("history.now")}: ${here?.querySelector("b")?.textContent ?? ""}`);
    });
  }
}

function clock(at: number): string {
  const d = new Date(at);
  const two = (n: number): string => String(n).padStart(2, "0");
  const time = `${two(d.getHours())}:${two(d.getMinutes())}`;
  const day = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  const today = new Date();
  return d.toDateString() === today.toDateString() ? time : `${day} ${time}`;
}

/** A change in words: what holds after it. */
export function changeWords(parts: readonly Part[]): string {
  const filters = parts.filter((p) => p.key[0] !== "param" && p.key[0] !== "compare");
  if (filters.length > 1 && filters.length === parts.length && filters.every((p) => p.after === null)) return t("filter.cleared");
  const rooms = new Set(parts.map((p) => (p.key[0] === "param" ? p.key[1] : "")));
  const [room] = rooms;
  if (rooms.size === 1 && room && parts.length > 1 && parts.every((p) => p.after === null)) return t("history.defaults", { room: say(session.meta(room)?.words.title) || room });
  return parts.map(partWords).join(store.state.locale === "zh-CN" ? "；" : "; ");
}

function partWords(p: Part): string {
  const [kind, name = "", own = ""] = p.key;
  switch (kind) {
    case "period":
      return t("history.is", { what: t("filter.period"), value: p.after ? dateRange(...(p.after as [string, string]), style()) : t("filter.all") });
    case "audience":
      return t("history.is", { what: t("filter.audience"), value: p.after ? audienceName(String(p.after)) : t("filter.all") });
    case "dimension": {
      const { role, values } = (p.after ?? p.before) as DimensionFilter;
      return t("history.is", { what: role ? roleTitle(role) : name, value: p.after ? some(values) : t("filter.all") });
    }
    case "compare":
      return p.after ? t("history.compare", { what: filterWords(p.after as Filters) }) : t("history.compareEnd");
    default: {
      const room = say(session.meta(name)?.words.title) || name;
      return t("history.setting", { room, what: labelOf(own), value: p.after === null ? t("settings.default") : valueWords(p.after) });
    }
  }
}

const audienceName = (id: string): string => store.state.audiences.find((a) => a.id === id)?.name ?? t("history.gone");

/** The first few of a list, and how many more there are. */
function some(values: readonly string[]): string {
  const list = values.slice(0, 3).join(t("list.comma"));
  return values.length > 3 ? t("history.more", { list, n: values.length - 3 }) : list;
}

/** What some filters keep. */
export function filterWords(f: Filters): string {
  const list = [
    f.period ? dateRange(f.period[0], f.period[1], style()) : "",
    ...f.dimensions.filter((d) => d.values.length > 0).map((d) => some(d.values)),
    f.audience ? audienceName(f.audience) : "",
  ].filter(Boolean);
  return list.join(" · ") || t("compare.everyone");
}

function valueWords(value: unknown): string {
  if (typeof value === "boolean") return t(value ? "problem.yes" : "problem.no");
  if (typeof value === "number") return format(value, "number", style());
  if (typeof value === "string") return session.table?.schema.some((c) => c.name === value) ? value : /^\d{4}-\d\d-\d\d$/.test(value) ? format(value, "date", style()) : wordOf(value);
  if (Array.isArray(value)) return some(value.map(valueWords));
  if (value && typeof value === "object") {
    const v = value as Record<string, unknown>;
    if (typeof v["from"] === "string" && typeof v["to"] === "string") return dateRange(v["from"], v["to"], style());
    if ("column" in v) return [v["column"], v["equals"]].filter((x) => x !== undefined && x !== null).map(String).join(" = ");
    return some(Object.entries(v).map(([k, x]) => t("history.is", { what: labelOf(k), value: valueWords(x) })));
  }
  return String(value);
}
