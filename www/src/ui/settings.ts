/** A room's parameters as a form, generated from their JSON Schema: rooms that come later need no code here. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { getLocale, t, type Key } from "../i18n/index.ts";
import { columnOf } from "../state/guess.ts";
import { session } from "../state/session.ts";
import { store } from "../state/store.ts";
import type { JsonSchema } from "../types/engine.ts";
import { Piece } from "./element.ts";
import { resetParams, roleName } from "./states.ts";

/** A schema without its references, and without the alternative “nothing”. */
export function settle(schema: JsonSchema, root: JsonSchema): JsonSchema & { optional?: boolean } {
  let s = schema;
  if (s.$ref) {
    const name = s.$ref.split("/").pop() ?? "";
    s = { ...(root.$defs?.[name] ?? {}), ...withoutRef(s) };
  }
  const some = s.anyOf ?? (s.oneOf && s.oneOf.some((x) => x.type === "null") ? s.oneOf : undefined);
  if (some?.some((x) => x.type === "null")) {
    const rest = some.filter((x) => x.type !== "null");
    const [only] = rest;
    const { anyOf: _a, oneOf: _o, ...own } = s;
    if (rest.length === 1 && only) return { ...settle(only, root), ...own, optional: true };
    return { ...own, anyOf: rest, optional: true };
  }
  if (Array.isArray(s.type) && s.type.includes("null")) {
    const types = s.type.filter((x) => x !== "null");
    return { ...s, type: types.length === 1 ? (types[0] as string) : types, optional: true };
  }
  return s;
}

function withoutRef(s: JsonSchema): JsonSchema {
  const { $ref: _, ...rest } = s;
  return rest;
}

/** The values an enumeration allows, with their documentation. */
export function choices(s: JsonSchema): { value: string; hint: string }[] | null {
  if (s.enum && s.enum.every((x) => typeof x === "string")) return s.enum.map((x) => ({ value: String(x), hint: "" }));
  if (s.oneOf && s.oneOf.every((x) => typeof x.const === "string")) return s.oneOf.map((x) => ({ value: String(x.const), hint: hintOf(x) }));
  if (s.oneOf && s.oneOf.every((x) => typeof x.const === "string" || x.enum?.every((v) => typeof v === "string"))) {
    return s.oneOf.flatMap((x) => (x.const !== undefined ? [{ value: String(x.const), hint: hintOf(x) }] : (x.enum ?? []).map((v) => ({ value: String(v), hint: hintOf(x) }))));
  }
  return null;
}

function hintOf(s: JsonSchema): string {
  return (getLocale() === "zh-CN" ? s["x-zh"] : undefined) ?? s.description ?? "";
}

@customElement("kl-settings")
export class Settings extends Piece {
  private wrong = new Map<string, string>();
  /** Fields in which somebody writes out a way of their own. */
  private own = new Set<string>();

  override render(): TemplateResult {
    const id = this.app.room;
    const meta = session.meta(id);
    if (!meta) return html``;
    const root = meta.params as JsonSchema;
    const now = this.app.params[id] ?? {};
    const asked = session.params(meta);
    // What the room is about comes before how it is done.
    const first = ["target", "measure", "of", "metric", "event", "duration", "by", "features", "model", "method", "k", "models", "family"];
    const rank = (name: string): number => (first.indexOf(name) + 1 || first.length + 1);
    const fields = Object.entries(root.properties ?? {}).sort((a, b) => rank(a[0]) - rank(b[0]));
    if (fields.length === 0) return html`<p>${t("settings.none")}</p>`;
    return html`<form class="form" @submit=${(e: Event) => e.preventDefault()}>
      ${fields.map(([name, raw]) => this.field(name, settle(raw, root), now[name], root, asked[name]))}
      <div class="fx"><button class="btn" type="button" ?disabled=${Object.keys(now).length === 0} @click=${() => resetParams(id)}>${t("settings.reset")}</button></div></form>`;
  }

  private put(name: string, value: unknown): void {
    const id = this.app.room;
    const params = { ...(this.app.params[id] ?? {}) };
    if (value === undefined) delete params[name];
    else params[name] = value;
    this.wrong.delete(name);
    const all = { ...this.app.params };
    if (Object.keys(params).length > 0) all[id] = params;
    else delete all[id];
    store.change({ params: all });
  }

  private field(name: string, s: JsonSchema & { optional?: boolean }, value: unknown, root: JsonSchema, asked: unknown): TemplateResult {
    const label = labelOf(name);
    const said = this.plain(hintOf(s));
    // What the label says already is not said twice.
    const hint = said.replace(/[.。]$/, "").toLocaleLowerCase() === label.toLocaleLowerCase() ? "" : said;
    const id = `set-${name}`;
    const shown = value ?? asked ?? s.default;
    const line = (control: TemplateResult): TemplateResult =>
      html`<div class="formline ${value !== undefined ? "changed" : ""}"><label for=${id}>${label}</label>${control}${hint ? html`<p class="note" id="${id}-hint">${hint}</p>` : nothing}
        ${this.wrong.has(name) ? html`<p class="err" role="alert">${this.wrong.get(name)}</p>` : nothing}</div>`;
    const list = choices(s);
    if (list) {
      return line(html`<select id=${id} aria-describedby="${id}-hint" @change=${(e: Event) => this.put(name, (e.target as HTMLSelectElement).value || undefined)}>
        ${s.optional || s.default === undefined ? html`<option value="" ?selected=${shown === undefined || shown === null}>${t("settings.default")}</option>` : nothing}
        ${list.map((c) => html`<option value=${c.value} ?selected=${c.value === shown}>${wordOf(c.value)}</option>`)}</select>`);
    }
    const named = s.oneOf?.filter((x) => typeof x.const === "string") ?? [];
    if (named.length > 1) {
      // Names, and a way of one's own that has no simpler control than writing it out.
      const own = typeof shown === "object" && shown !== null || this.own.has(name);
      return html`${line(html`<select id=${id} aria-describedby="${id}-hint" @change=${(e: Event) => {
        const to = (e.target as HTMLSelectElement).value;
        if (to === "") this.own.add(name);
        else this.own.delete(name);
        if (to !== "") this.put(name, to);
        this.requestUpdate();
      }}>${named.map((x) => html`<option value=${String(x.const)} title=${this.plain(hintOf(x))} ?selected=${!own && x.const === shown}>${wordOf(String(x.const))}</option>`)}<option value="" ?selected=${own}>${t("settings.own")}</option></select>`)}
        ${own ? this.written(name, t("settings.ownOf", { name: label }), `${id}-own`, this.plain(hintOf(s.oneOf?.find((x) => typeof x.const !== "string") ?? {})), typeof shown === "object" ? shown : undefined) : nothing}`;
    }
    const type = Array.isArray(s.type) ? s.type[0] : s.type;
    if (type === "boolean") {
      return html`<div class="formline ${value !== undefined ? "changed" : ""}"><label class="check"><input id=${id} type="checkbox" .checked=${Boolean(shown)} @change=${(e: Event) => this.put(name, (e.target as HTMLInputElement).checked)}> ${label}</label>${hint ? html`<p class="note">${hint}</p>` : nothing}</div>`;
    }
    if (type === "number" || type === "integer") {
      return line(html`<input id=${id} type="number" aria-describedby="${id}-hint" step=${type === "integer" ? 1 : "any"} min=${s.minimum ?? nothing} max=${s.maximum ?? nothing} .value=${shown === undefined || shown === null ? "" : String(shown)} placeholder=${t("settings.auto")}
        @change=${(e: Event) => {
          const v = (e.target as HTMLInputElement).value;
          this.put(name, v === "" ? undefined : Number(v));
        }}>`);
    }
    if (s.format === "date" || /^(as_of|from|to|compare_to|calibration_end|holdout_end)$/.test(name)) {
      return line(html`<input id=${id} type="date" aria-describedby="${id}-hint" .value=${typeof shown === "string" ? shown : ""} @change=${(e: Event) => this.put(name, (e.target as HTMLInputElement).value || undefined)}>`);
    }
    const item = this.items(s);
    const entry = item ? settle(item, root) : null;
    const few = entry ? (choices(entry) ?? entry.anyOf?.map((x) => choices(settle(x, root))).find((x) => x) ?? null) : null;
    if (type === "array" && few) {
      // A list of names: one box each; entries with options of their own stay as they are.
      const list = (Array.isArray(shown) ? shown : []) as unknown[];
      return html`<fieldset class="formline checks ${value !== undefined ? "changed" : ""}"><legend>${label}</legend>${few.map((c) => html`<label title=${c.hint}><input type="checkbox" .checked=${list.includes(c.value)} @change=${(e: Event) => this.put(name, (e.target as HTMLInputElement).checked ? [...list, c.value] : list.filter((v) => v !== c.value))}> <span>${wordOf(c.value)}</span></label>`)}${hint ? html`<p class="note">${hint}</p>` : nothing}</fieldset>`;
    }
    const parts = Object.entries(s.properties ?? {}).map(([k, v]) => [k, settle(v, root)] as const);
    if (parts.length > 0 && parts.every(([, v]) => v.type === "number" || v.type === "integer")) {
      // A few numbers that belong together hold when all are there.
      const now = (shown ?? {}) as Record<string, number>;
      return html`<fieldset class="formline ${value !== undefined ? "changed" : ""}"><legend>${label}</legend>${parts.map(([k, v]) => html`<label class="formline">${labelOf(k)}<input type="number" step="any" .value=${now[k] === undefined ? "" : String(now[k])} title=${hintOf(v)} @change=${(e: Event) => {
        const text = (e.target as HTMLInputElement).value;
        const next: Record<string, number> = { ...now };
        if (text === "") delete next[k];
        else next[k] = Number(text);
        Object.assign(now, next);
        this.put(name, parts.every(([key]) => next[key] !== undefined) ? next : undefined);
      }}></label>`)}${hint ? html`<p class="note">${hint}</p>` : nothing}</fieldset>`;
    }
    if (s.properties?.["from"] && s.properties["to"] && Object.keys(s.properties).length === 2) {
      // A span of days: two dates, and the span holds when both are there.
      const now = (shown ?? {}) as { from?: string; to?: string };
      const put = (part: "from" | "to", day: string): void => {
        const next = { ...now, [part]: day };
        this.put(name, next.from && next.to ? next : undefined);
      };
      return html`<fieldset class="formline ${value !== undefined ? "changed" : ""}"><legend>${label}</legend><div class="periodform">${(["from", "to"] as const).map((part) => html`<label>${t(`filter.${part}`)}<input type="date" .value=${now[part] ?? ""} min=${session.span?.[0] ?? nothing} max=${session.span?.[1] ?? nothing} @change=${(e: Event) => put(part, (e.target as HTMLInputElement).value)}></label>`)}</div>${hint ? html`<p class="note">${hint}</p>` : nothing}</fieldset>`;
    }
    if (this.isColumn(name, s, root)) {
      const many = type === "array" || this.items(s) !== null;
      const columns = session.table?.schema ?? [];
      // A role stands for the column that has it.
      const nameOf = (v: unknown): string => {
        const said = columnOf(v) || String((v as { role?: string } | null)?.role ?? "");
        return columns.some((c) => c.name === said) ? said : (columns.find((c) => c.role === said)?.name ?? said);
      };
      const chosen = new Set(Array.isArray(shown) ? shown.map(nameOf) : shown ? [nameOf(shown)] : []);
      if (many && name === "features") {
        // What a customer does (facts) and what the file says of them (columns) stand in one list.
        const facts = (root.$defs?.["Fact"]?.enum ?? []) as string[];
        const list = (Array.isArray(shown) ? shown : []) as unknown[];
        const keyOf = (v: unknown): string => (typeof v === "object" && v !== null && "fact" in v ? `fact ${String((v as { fact: unknown }).fact)}` : `column ${columnOf(v)}`);
        const on = new Set(list.map(keyOf));
        const rows = [...(session.column("customer") && session.column("date") ? facts.map((f) => ({ key: `fact ${f}`, label: t(`fact.${f}` as Key) || sentence(f), value: { fact: f } as unknown })) : []), ...columns.map((c) => ({ key: `column ${c.name}`, label: c.name, value: c.name as unknown }))];
        return html`<fieldset class="formline checks ${value !== undefined ? "changed" : ""}"><legend>${label}</legend>${rows.map((r) => html`<label><input type="checkbox" .checked=${on.has(r.key)} @change=${(e: Event) => {
          const next = (e.target as HTMLInputElement).checked ? [...list, r.value] : list.filter((v) => keyOf(v) !== r.key);
          this.put(name, next.length > 0 ? next : undefined);
        }}> <span>${r.label}</span></label>`)}${hint ? html`<p class="note">${hint}</p>` : nothing}</fieldset>`;
      }
      if (many) {
        return html`<fieldset class="formline checks ${value !== undefined ? "changed" : ""}"><legend>${label}</legend>${columns.map((c) => html`<label><input type="checkbox" .checked=${chosen.has(c.name)} @change=${(e: Event) => {
          if ((e.target as HTMLInputElement).checked) chosen.add(c.name);
          else chosen.delete(c.name);
          this.put(name, chosen.size > 0 ? [...chosen] : undefined);
        }}> <span>${c.name}</span></label>`)}${hint ? html`<p class="note">${hint}</p>` : nothing}</fieldset>`;
      }
      return line(html`<select id=${id} aria-describedby="${id}-hint" @change=${(e: Event) => this.put(name, (e.target as HTMLSelectElement).value || undefined)}>
        <option value="" ?selected=${chosen.size === 0}>${t("settings.default")}</option>${columns.map((c) => html`<option value=${c.name} ?selected=${chosen.has(c.name)}>${c.name}</option>`)}</select>`);
    }
    if (type === "string") return line(html`<input id=${id} type="text" aria-describedby="${id}-hint" .value=${typeof shown === "string" ? shown : ""} @change=${(e: Event) => this.put(name, (e.target as HTMLInputElement).value || undefined)}>`);
    return this.written(name, label, id, hint, shown);
  }

  /** Whatever has no simpler control is written as JSON and checked by the engine. */
  private written(name: string, label: string, id: string, hint: string, shown: unknown): TemplateResult {
    return html`<div class="formline"><label for=${id}>${label}</label><textarea id=${id} rows="2" spellcheck="false" aria-describedby="${id}-hint" .value=${shown === undefined || shown === null ? "" : JSON.stringify(shown)} @change=${(e: Event) => {
      const text = (e.target as HTMLTextAreaElement).value.trim();
      try {
        this.put(name, text === "" ? undefined : (JSON.parse(text) as unknown));
      } catch {
        this.wrong.set(name, t("settings.notJson"));
        this.requestUpdate();
      }
    }}></textarea>${hint ? html`<p class="note" id="${id}-hint">${hint}</p>` : nothing}${this.wrong.has(name) ? html`<p class="err" role="alert">${this.wrong.get(name)}</p>` : nothing}</div>`;
  }

  /** A description for a person: without marks of code, names in the words of this form. */
  private plain(text: string): string {
    return text.replace(/\s*[(（]ISO(?: 日期)?[)）]/g, "").replace(/`([^`]*)`|\b[a-z]+_[a-z_]+\b/g, (all, code: string = all) => {
      const word = code.replace(/"/g, "");
      const param = t(`param.${word}` as Key);
      return (param && param.charAt(0).toLocaleLowerCase() + param.slice(1)) || t(`option.${word}` as Key) || word;
    });
  }

  private items(s: JsonSchema): JsonSchema | null {
    return typeof s.items === "object" ? s.items : null;
  }

  /** A column of the table: by its type `Col`, or by what such parameters are called. */
  private isColumn(name: string, s: JsonSchema, root: JsonSchema): boolean {
    const ref = (x: JsonSchema | null | undefined): boolean => {
      if (!x) return false;
      if (x.$ref) return /Col|YesNo|Feature/.test(x.$ref);
      return x.title === "Col" || Boolean(x.anyOf?.some((y) => y.properties?.["column"] || y.properties?.["role"]));
    };
    const raw = root.properties?.[name];
    return ref(raw) || ref(this.items(s)) || Boolean(raw?.anyOf?.some((x) => ref(x))) || ref(s) ||
      /^(columns|features|by|measure|target|of|covariates|duration|event|user|item|time|basket|label|price|path)$/.test(name) && s.type !== "number" && s.type !== "integer";
  }
}

/** What a parameter is called. */
export function labelOf(name: string): string {
  const role = roleName(name);
  return t(`param.${name}` as Key) || (role === name ? sentence(name) : role);
}

/** What a choice is called. */
export function wordOf(value: string): string {
  const role = roleName(value);
  return t(`option.${value}` as Key) || (role === value ? sentence(value) : role);
}

function sentence(name: string): string {
  const text = name.replace(/_/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
