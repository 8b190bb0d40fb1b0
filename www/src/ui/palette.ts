/** Search and commands: rooms, actions, columns, customers, in that order. `>` actions only, `#` customers only. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { say, t, type Key } from "../i18n/index.ts";
import { session } from "../state/session.ts";
import { noFilters, store } from "../state/store.ts";
import { Piece } from "./element.ts";
import { chooseFiles, go, openCustomer, openSample, setLanguage, setTheme } from "./actions.ts";
import { icon, roomIcon, type Icon } from "./icons.ts";
import { initials } from "./pinyin.ts";
import { roleName } from "./states.ts";

interface Entry {
  group: "rooms" | "actions" | "columns" | "customers";
  label: string;
  hint: string;
  icon: Icon;
  words: string;
  run: () => void;
}

@customElement("kl-palette")
export class Palette extends Piece {
  private query = "";
  private at = 0;
  private customers: string[] = [];
  private ticket = 0;
  private ids: string[] = [];
  private idsFor = -1;

  override render(): TemplateResult {
    const groups = this.found();
    let i = -1;
    return html`<dialog class="palette over" aria-label=${t("nav.search")} @cancel=${() => store.set({ palette: false })} @close=${() => store.set({ palette: false })} @click=${(e: Event) => {
        if (e.target === e.currentTarget) this.dialog.close();
      }}>${this.app.palette ? html`<div class="palin">
        <label class="palfield">${icon("search")}<span class="vh">${t("nav.search")}</span><input type="text" role="combobox" aria-expanded="true" aria-controls="pal-list" aria-activedescendant="pal-${this.at}" autocomplete="off" spellcheck="false"
          placeholder=${t("palette.hint")} .value=${this.query} @input=${this.onInput} @keydown=${this.onKey}><kbd>Esc</kbd></label>
        <div class="pallist" id="pal-list" role="listbox" aria-label=${t("nav.search")}>${groups.map(([name, list]) => html`<div role="group" aria-label=${t(`palette.${name}` as Key)}><h3 role="presentation">${t(`palette.${name}` as Key)}</h3>${list.map((e) => {
          i += 1;
          const mine = i;
          return html`<div class="palit" role="option" id="pal-${mine}" aria-selected=${mine === this.at} @click=${() => this.run(e)} @mousemove=${() => this.hover(mine)}>${icon(e.icon)}<span>${this.marked(e.label)}</span><span class="ph">${e.hint}</span></div>`;
        })}</div>`)}${groups.length === 0 ? html`<p class="note">${t("palette.none")}</p>` : nothing}</div>
        <footer><span>↑↓ ${t("palette.choose")}</span><span>↵ ${t("palette.open")}</span><span>&gt; ${t("palette.onlyActions")}</span><span># ${t("palette.onlyCustomers")}</span></footer></div>` : nothing}</dialog>`;
  }

  private get dialog(): HTMLDialogElement {
    return this.querySelector("dialog") as HTMLDialogElement;
  }

  protected override updated(_: PropertyValues): void {
    if (this.app.palette && !this.dialog.open) {
      this.query = "";
      this.at = 0;
      this.customers = [];
      this.dialog.showModal();
      this.querySelector("input")?.focus();
      this.requestUpdate();
    } else if (!this.app.palette && this.dialog.open) this.dialog.close();
  }

  private entries(): Entry[] {
    const out: Entry[] = [];
    for (const m of session.metas()) {
      const [lacks] = session.needs(m);
      out.push({
        group: "rooms", label: say(m.words.title), hint: lacks ? t("nav.needs", { role: lacks }) : t(`question.${m.question}` as Key), icon: roomIcon(m.id, m.question),
        words: `${m.words.title.en} ${m.words.title.zh} ${m.id} ${m.words.about.en} ${m.words.about.zh} ${initials(m.words.title.zh)}`, run: () => go("room", m.id),
      });
    }
    const act = (label: string, i: Icon, run: () => void, hint = ""): void => {
      out.push({ group: "actions", label, hint, icon: i, words: `${label} ${initials(label)}`, run });
    };
    if (session.table) {
      out.push({ group: "rooms", label: t("nav.board"), hint: "", icon: "board", words: `${t("nav.board")} board ${initials(t("nav.board"))}`, run: () => go("board") });
      out.push({ group: "rooms", label: t("nav.columns"), hint: t("question.can_i_trust_this_data"), icon: "columns", words: `${t("nav.columns")} columns problems import ${initials(t("nav.columns"))}`, run: () => go("import") });
      if (session.column("customer")) out.push({ group: "rooms", label: t("nav.customers"), hint: t("question.who_are_my_customers"), icon: "people", words: `${t("nav.customers")} customers ${initials(t("nav.customers"))}`, run: () => go("customers") });
      act(t("filter.clear"), "filter", () => store.change({ filters: noFilters() }));
      act(t("rule.write"), "fx", () => store.set({ sheet: { kind: "rule" } }));
      act(t("room.report"), "report", () => store.set({ dialog: "report" }));
      act(t("nav.steps"), "list", () => store.set({ sheet: { kind: "steps" } }));
      act(t("import.another"), "file", () => chooseFiles());
      for (const a of this.app.audiences) act(t("palette.filterTo", { name: a.name }), "bookmark", () => store.change({ filters: { ...this.app.filters, audience: a.id } }));
    }
    act(t("landing.choose"), "file", () => chooseFiles());
    act(t("landing.paste"), "clipboard", () => store.set({ dialog: "paste" }));
    act(t("landing.sampleZh"), "box", () => void openSample("zh-CN"));
    act(t("landing.sampleEn"), "box", () => void openSample("en"));
    act(this.app.locale === "en" ? "中文" : "English", "globe", () => setLanguage(this.app.locale === "en" ? "zh-CN" : "en"));
    act(this.app.theme === "dark" ? t("theme.light") : t("theme.dark"), "moon", () => setTheme(this.app.theme === "dark" ? "light" : "dark"));
    act(t("sheet.keys"), "list", () => store.set({ sheet: { kind: "keys" } }), "?");
    act(t("prefs.title"), "gear", () => store.set({ sheet: { kind: "preferences" } }));
    act(t("landing.forget"), "trash", () => store.set({ dialog: "forget" }));
    for (const c of session.table?.schema ?? []) {
      out.push({ group: "columns", label: c.role ? `${c.name}${t("list.comma")}${roleName(c.role)}` : c.name, hint: t("import.values", { n: c.distinct }), icon: "columns", words: `${c.name} ${initials(c.name)} ${c.role ?? ""}`, run: () => go("import") });
    }
    for (const id of this.customers) out.push({ group: "customers", label: id, hint: t("palette.customer"), icon: "people", words: id, run: () => openCustomer(id, this.customers, this.query) });
    return out;
  }

  private get text(): string {
    return this.query.replace(/^[>#]\s*/, "").trim();
  }

  private found(): [string, Entry[]][] {
    const only = this.query.startsWith(">") ? "actions" : this.query.startsWith("#") ? "customers" : null;
    const words = this.text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const hits = this.entries().filter((e) => (!only || e.group === only) && words.every((w) => e.words.toLocaleLowerCase().includes(w)));
    // A hit in the name comes before one in the description.
    hits.sort((a, b) => Number(!words.every((w) => a.label.toLocaleLowerCase().includes(w))) - Number(!words.every((w) => b.label.toLocaleLowerCase().includes(w))));
    const out: [string, Entry[]][] = [];
    for (const group of ["rooms", "actions", "columns", "customers"] as const) {
      const list = hits.filter((e) => e.group === group).slice(0, group === "rooms" ? 8 : 6);
      if (list.length > 0) out.push([group, list]);
    }
    return out;
  }

  private marked(label: string): TemplateResult | string {
    const q = this.text;
    const at = q ? label.toLocaleLowerCase().indexOf(q.toLocaleLowerCase()) : -1;
    return at < 0 ? label : html`${label.slice(0, at)}<mark>${label.slice(at, at + q.length)}</mark>${label.slice(at + q.length)}`;
  }

  private onInput = (e: Event): void => {
    this.query = (e.target as HTMLInputElement).value;
    this.at = 0;
    this.requestUpdate();
    void this.searchCustomers();
  };

  private async searchCustomers(): Promise<void> {
    const ticket = ++this.ticket;
    const q = this.text.toLocaleLowerCase();
    const column = session.column("customer");
    if (q.length < 2 || !column || this.query.startsWith(">")) {
      this.customers = [];
      return;
    }
    if (this.idsFor !== this.app.version) {
      const { values } = await session.table!.values(column.name, 100_000).catch(() => ({ values: [] }));
      this.ids = values.map((v) => v.value);
      this.idsFor = this.app.version;
    }
    if (ticket !== this.ticket) return;
    this.customers = this.ids.filter((v) => v.toLocaleLowerCase().includes(q)).slice(0, 20);
    this.requestUpdate();
  }

  private onKey = (e: KeyboardEvent): void => {
    const all = this.found().flatMap(([, list]) => list);
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      this.at = (this.at + (e.key === "ArrowDown" ? 1 : -1) + all.length) % Math.max(1, all.length);
      this.requestUpdate();
      void this.updateComplete.then(() => this.querySelector(`#pal-${this.at}`)?.scrollIntoView({ block: "nearest" }));
    } else if (e.key === "Enter" && !e.isComposing) {
      e.preventDefault();
      const hit = all[this.at];
      if (hit) this.run(hit);
    }
  };

  private hover(i: number): void {
    if (this.at === i) return;
    this.at = i;
    this.requestUpdate();
  }

  private run(e: Entry): void {
    this.dialog.close();
    store.set({ palette: false });
    e.run();
  }
}
