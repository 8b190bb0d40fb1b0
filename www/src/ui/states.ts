/** What a room shows when it cannot show its finding: working, nothing left, too little, a role missing, failed. */
import { html, nothing, type TemplateResult } from "lit";
import { bytes } from "../i18n/format.ts";
import { say, t, type Key } from "../i18n/index.ts";
import { until } from "lit/directives/until.js";
import { pieces } from "../state/filter.ts";
import { columnOf, couldBe, durations, groups, measures, outcomes, type Want } from "../state/guess.ts";
import { isEngineError, problemOf, session } from "../state/session.ts";
import { noFilters, store, type Problem } from "../state/store.ts";
import type { AnalysisMeta, ColumnSchema, Role } from "../types/engine.ts";
import { assignRole } from "./actions.ts";

export function roleName(role: string): string {
  return t(`role.${role}` as Key) || role;
}

/** A role at the head of a control or column: with a capital where the language has them. */
export function roleTitle(role: string): string {
  const name = roleName(role);
  return name.charAt(0).toLocaleUpperCase() + name.slice(1);
}

export function problemCard(problem: Problem, dismiss?: () => void): TemplateResult {
  return html`<section class="state danger" role="alert">
    <h2>${problem.title}</h2>
    ${problem.remedy ? html`<p>${problem.remedy}</p>` : nothing}
    ${problem.raw || problem.detail ? html`<pre class="raw">${[problem.detail, problem.raw].filter(Boolean).join("\n")}</pre>` : nothing}
    <div class="fx">
      ${dismiss ? html`<button class="btn" type="button" @click=${dismiss}>${t("state.close")}</button>` : nothing}
      <button class="btn q" type="button" @click=${() => void navigator.clipboard?.writeText([problem.title, problem.detail, problem.raw].join("\n"))}>${t("state.copy")}</button>
    </div>
  </section>`;
}

export function missingRole(meta: AnalysisMeta, missing: readonly Role[]): TemplateResult {
  return html`<section class="state">
    <h2>${t("state.needs", { n: missing.length, roles: missing.map(roleName).join(t("list.comma")) })}</h2>
    <p>${t("state.needsText")}</p>
    ${choices(missing)}
    ${more()}
    ${ready(meta)}
  </section>`;
}

/** For each role the columns that could be it, one click each. */
export function choices(roles: readonly Role[], beside: (role: Role) => TemplateResult | string = () => ""): TemplateResult {
  const schema = session.table?.schema ?? [];
  return html`<dl class="could">${roles.map((role) => {
    const list = couldBe(role, schema, session.table?.rows).slice(0, 6);
    return html`<dt>${roleTitle(role)}</dt><dd>${beside(role)}<span class="fx">${list.length > 0
      ? list.map((c) => html`<button class="chip" type="button" @click=${() => void assignRole(role, c.name)}>${c.name}</button>`)
      : html`<span class="note">${t("state.noCandidate")}</span>`}</span></dd>`;
  })}</dl>`;
}

export function more(): TemplateResult {
  return html`<div class="fx">
    <button class="btn" type="button" @click=${() => store.set({ screen: "import" })}>${t("state.chooseColumn")}</button>
    <button class="btn" type="button" @click=${() => store.set({ dialog: "join" })}>${t("state.addFile")}</button>
  </div>`;
}

/** A room that asks for a kind of column that is not there: which kind, why, and where else the question is answered. */
function wanting(meta: AnalysisMeta, want: Want): TemplateResult {
  const other = want === "time" ? ["lifecycle", "churn", "clv"].map((id) => session.meta(id)).filter((m): m is AnalysisMeta => Boolean(m && session.ready(m))) : [];
  return html`<section class="state">
    <h2>${t("state.wants", { what: t(`want.${want}`) })}</h2>
    <p>${t(`want.${want}.text`)}</p>
    ${other.length > 0 ? html`<p>${t("state.instead")}</p><div class="fx">${other.map((m) => html`<button class="chip" type="button" @click=${() => store.set({ screen: "room", room: m.id, sheet: null })}>${say(m.words.title)}</button>`)}</div>` : nothing}
    ${more()}
    ${ready(meta)}
  </section>`;
}

/** The rooms that can answer with the columns there are. */
function ready(meta: AnalysisMeta): TemplateResult | typeof nothing {
  const list = session.metas().filter((m) => m.id !== meta.id && session.ready(m));
  return list.length === 0 ? nothing : html`<h3>${t("state.ready")}</h3><ul class="readylist">${list.map((m) => html`<li><button class="link" type="button" @click=${() => store.set({ screen: "room", room: m.id, sheet: null })}>${say(m.words.title)}</button> <span>${say(m.words.about).replace(/[.。]$/, "")}</span></li>`)}</ul>`;
}

/** Names of parameters are for those who call the engine: here they read as beside their controls. */
function named(text: string): string {
  return text.replace(/`(\w+)`|\b([a-z]+_[a-z_]+)\b/g, (all, ticked?: string, plain?: string) => {
    const label = t(`param.${ticked ?? plain}` as Key);
    return label ? t("quoted", { text: label }) : all;
  });
}

export function failure(error: unknown, meta: AnalysisMeta | undefined, retry: () => void): TemplateResult {
  if (isEngineError(error)) {
    if (error.code === "missing_role" && meta) return missingRole(meta, (error.where.roles ?? []) as Role[]);
    if (error.code === "no_rows") return nobody();
    if (error.code === "cancelled") return html`<section class="state"><h2>${t("state.stopped")}</h2><p>${t("state.stoppedText")}</p>
      <div class="fx"><button class="btn pri" type="button" @click=${retry}>${t("state.retry")}</button></div></section>`;
    if (["too_little_data", "no_variation", "no_events", "separation", "not_converged"].includes(error.code)) return tooLittle(error.words.message, error.words.remedy, meta);
    const want = meta ? session.want(meta) : null;
    if (meta && want) return wanting(meta, want);
    if (["unknown_param", "bad_param", "unknown_column", "wrong_type"].includes(error.code)) {
      // Names of parameters are for those who call the engine; here the control says which one is meant.
      const said = say(error.words.message).replace(/^(parameter|参数) ?[`「][^`」]*[`」] ?[:：] ?/, "");
      return html`<section class="state">
        <h2>${sentence(named(said))}</h2><p>${named(say(error.words.remedy))}</p>
        ${meta ? candidates(meta, error.where) : nothing}
        <div class="fx"><button class="btn pri" type="button" @click=${() => store.set({ sheet: { kind: "settings" } })}>${t("room.settings")}</button>
        <button class="btn" type="button" @click=${() => resetParams(meta?.id ?? "")}>${t("settings.reset")}</button></div>
      </section>`;
    }
  }
  const p = problemOf(error);
  return html`${problemCard(p)}<div class="fx retry"><button class="btn pri" type="button" @click=${retry}>${t("state.retry")}</button></div>`;
}

/** What could stand where a room misses a column, or which of two values means yes: one click each. */
function candidates(meta: AnalysisMeta, where: { param?: string; column?: string }): TemplateResult | typeof nothing {
  const schema = session.table?.schema ?? [];
  const put = (patch: Record<string, unknown>): void => store.change({ params: { ...store.state.params, [meta.id]: { ...(store.state.params[meta.id] ?? {}), ...patch } } });
  const params = session.params(meta);
  const held = where.column ? Object.keys(params).find((k) => columnOf(params[k]) === where.column) : undefined;
  if (held && where.column && schema.find((c) => c.name === where.column)?.distinct === 2) {
    const column = where.column;
    return html`<p>${t("choose.yes", { column })}</p><div class="fx">${until(session.values(column).then(({ values }) => values.slice(0, 2).map((v) => html`<button class="chip" type="button" @click=${() => put({ [held]: { column, equals: v.value } })}>${v.value} <small>${v.n}</small></button>`)), nothing)}</div>`;
  }
  const kinds: Record<string, ColumnSchema[]> = {
    target: meta.id === "classify" ? outcomes(schema) : measures(schema), event: outcomes(schema), duration: durations(schema), measure: [...measures(schema), ...groups(schema)], by: groups(schema), price: measures(schema), quantity: measures(schema),
  };
  const list = (where.param ? kinds[where.param] : undefined)?.slice(0, 12) ?? [];
  if (!where.param) return nothing;
  const param = where.param;
  if (!(param in kinds)) return nothing;
  return list.length > 0
    ? html`<p>${t("choose.column")}</p><div class="fx">${list.map((c) => html`<button class="chip" type="button" @click=${() => put({ [param]: c.name })}>${c.name}</button>`)}</div>`
    : html`<p>${t(param === "event" || meta.id === "classify" ? "choose.noneYes" : "choose.none")}</p>`;
}

export function resetParams(id: string): void {
  const params = { ...store.state.params };
  delete params[id];
  store.change({ params });
}

/** The filter keeps nobody: which one filter to remove. The counts arrive when the engine has them. */
export function nobody(): TemplateResult {
  const { filters, audiences } = store.state;
  const list = pieces(filters, audiences);
  if (list.length === 0) return html`<section class="state"><p>${t("state.nobodyData")}</p>
    <h2>${t("state.help")}</h2>
    <div class="fx"><button class="btn" type="button" @click=${() => store.set({ sheet: { kind: "settings" } })}>${t("room.settings")}</button>
      <button class="btn" type="button" @click=${() => store.set({ dialog: "join" })}>${t("state.older")}</button></div></section>`;
  return html`<section class="state">
    <h2>${t("state.nobody", { n: list.length })}</h2>
    <p>${t("state.nobodyText")}</p>
    <div class="fx">${list.map((p, i) => html`<button class="btn ${i === 0 ? "pri" : ""}" type="button" @click=${() => store.change({ filters: p.without })}>${t("state.remove", { name: p.id === "period" ? t("filter.period") : p.id === "audience" ? t("filter.audience") : p.id })}</button>`)}
      ${list.length > 1 ? html`<button class="btn" type="button" @click=${() => store.change({ filters: noFilters() })}>${t("filter.clear")}</button>` : nothing}</div>
  </section>`;
}

function tooLittle(message: { en: string; zh: string }, remedy: { en: string; zh: string }, meta: AnalysisMeta | undefined): TemplateResult {
  const { filters } = store.state;
  const filtered = session.filter(filters) !== null;
  return html`<section class="state">
    <p>${sentence(named(say(message)))}</p>
    ${remedy.en ? html`<p>${named(say(remedy))}</p>` : nothing}
    <h2>${t("state.help")}</h2>
    <div class="fx">
      ${filtered ? html`<button class="btn pri" type="button" @click=${() => store.change({ filters: noFilters() })}>${t("filter.clear")}</button>` : nothing}
      <button class="btn" type="button" @click=${() => store.set({ sheet: { kind: "settings" } })}>${t("room.settings")}</button>
      <button class="btn" type="button" @click=${() => store.set({ dialog: "join" })}>${t("state.older")}</button>
    </div>
    ${meta ? html`<p class="note">${say(meta.words.about)}</p>` : nothing}
  </section>`;
}

export function tooLittleTitle(error: unknown): string | null {
  if (!isEngineError(error)) return null;
  if (["too_little_data", "no_variation", "no_events", "separation", "not_converged"].includes(error.code)) return t("state.tooLittle");
  if (error.code === "no_rows") return t(pieces(store.state.filters, store.state.audiences).length > 0 ? "state.nobodyTitle" : "state.tooLittle");
  return null;
}

export function readingLine(read: number, total: number): string {
  return `${bytes(read)} / ${bytes(total)}`;
}

/** Messages of the engine begin small, since programs put a name before them. */
function sentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
