/** Navigation by the six questions, and the foot that says what was sent. Rooms come from the registry. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { say, t, type Key } from "../i18n/index.ts";
import { session } from "../state/session.ts";
import { store } from "../state/store.ts";
import { mac, Piece } from "./element.ts";
import { go, setLanguage, setTheme } from "./actions.ts";
import { icon, mark, roomIcon, type Icon } from "./icons.ts";
import { sent } from "./landing.ts";
import { problemsOf } from "./problems.ts";

export const QUESTIONS = ["who_are_my_customers", "will_they_stay", "what_do_they_buy", "where_do_they_come_from", "what_comes_next", "can_i_trust_this_data"] as const;

/** The keys after G. Rooms without one are reached by the palette. */
export const GOTO: Record<string, string> = { o: "overview", s: "rfm", c: "cohort", p: "product", r: "revenue", l: "churn", v: "clv", f: "forecast" };

@customElement("kl-nav")
export class Nav extends Piece {
  override render(): TemplateResult {
    const { screen, room } = this.app;
    const metas = session.metas();
    const open = session.table ? problemsOf(session.table, session.issues).filter((p) => !p.settled).length : 0;
    const entry = (on: boolean, i: Icon, label: string, click: () => void, note: string | TemplateResult = "", off = false): TemplateResult =>
      html`<li><button class="it ${off ? "off" : ""}" type="button" aria-current=${on ? "page" : nothing} title=${label} @click=${click}>${icon(i)}<span>${label}</span>${note ? html`<span class="need">${note}</span>` : nothing}</button></li>`;
    const rooms = (question: string): TemplateResult[] =>
      metas.filter((m) => m.question === question && m.id !== "overview").map((m) => {
        const [first] = session.needs(m);
        return entry(screen === "room" && room === m.id, roomIcon(m.id, m.question), say(m.words.title), () => go("room", m.id), first ? t("nav.needs", { role: first }) : "", first !== undefined);
      });
    return html`<nav class="nav" aria-label=${t("nav.label")}>
      <button class="brand" type="button" title="Kelan 客览" @click=${() => go("landing")}>${mark()}<b>Kelan</b> <i lang="zh-CN">客览</i></button>
      <button class="find" type="button" title=${t("nav.search")} @click=${() => store.set({ palette: true })}>${icon("search")}<span>${t("nav.search")}</span><kbd>${mac() ? "⌘" : "Ctrl"} K</kbd></button>
      <div class="list">
        <ul>${metas.some((m) => m.id === "overview") ? entry(screen === "room" && room === "overview", "home", t("nav.overview"), () => go("room", "overview")) : nothing}
          ${rooms("overview")}
          ${entry(screen === "board", "board", t("nav.board"), () => go("board"), this.app.pins.length > 0 ? String(this.app.pins.length) : "")}</ul>
        ${QUESTIONS.map((q) => {
          const list = rooms(q);
          const own = q === "who_are_my_customers" || q === "can_i_trust_this_data";
          if (list.length === 0 && !own) return nothing;
          return html`<h3>${t(`question.${q}` as Key)}</h3><ul>
            ${q === "can_i_trust_this_data" ? entry(screen === "import", "columns", t("nav.columns"), () => go("import"), open > 0 ? html`<b class="bad">${open}</b>` : "") : nothing}
            ${list}
            ${q === "who_are_my_customers" && session.column("customer") ? entry(screen === "customers" || screen === "customer", "people", t("nav.customers"), () => go("customers")) : nothing}
            ${q === "can_i_trust_this_data" ? entry(false, "list", t("nav.steps"), () => store.set({ sheet: { kind: "steps" } })) : nothing}
          </ul>`;
        })}
      </div>
      <footer>
        <p class="zero">${icon("shield")}<b>${sent()}</b> <button class="link txt" type="button" @click=${() => store.set({ sheet: { kind: "privacy" } })}>${t("nav.check")}</button></p>
        <kl-prefs></kl-prefs>
      </footer>
    </nav>`;
  }
}

@customElement("kl-prefs")
export class Prefs extends Piece {
  override render(): TemplateResult {
    const { locale, theme } = this.app;
    const zh = locale === "zh-CN";
    return html`<div class="prefs">
      <button class="btn q" type="button" lang=${zh ? "en" : "zh-CN"} title=${zh ? "English" : "中文"} @click=${() => setLanguage(zh ? "en" : "zh-CN")}>${icon("globe")}<span class="txt">${zh ? "English" : "中文"}</span></button>
      <button class="btn q" type="button" title=${theme === "dark" ? t("theme.light") : t("theme.dark")} @click=${() => setTheme(theme === "dark" ? "light" : "dark")}>${icon(theme === "dark" ? "sun" : "moon")}<span class="txt">${theme === "dark" ? t("theme.light") : t("theme.dark")}</span></button>
      <button class="ib" type="button" aria-label=${t("prefs.title")} title=${t("prefs.title")} @click=${() => store.set({ sheet: { kind: "preferences" } })}>${icon("gear")}</button>
    </div>`;
  }
}
