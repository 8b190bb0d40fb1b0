/** The bar at the foot: what is selected, and the four things one can do with it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { format } from "../i18n/format.ts";
import { t } from "../i18n/index.ts";
import { store, style } from "../state/store.ts";
import { Piece } from "./element.ts";
import { exportSelection, filterToSelection, go } from "./actions.ts";
import { icon } from "./icons.ts";

@customElement("kl-selection")
export class SelectionBar extends Piece {
  override render(): TemplateResult {
    const s = this.app.selection;
    if (!s) return html``;
    // The list that was saved is the one that is selected.
    const saved = s.customers ? this.app.audiences.find((a) => a.customers === s.customers) : undefined;
    const n = format(s.customers ? s.customers.length : s.rows, "count", style());
    return html`<div class="selbar" part="selection" role="region" aria-label=${t("select.label")}>
      <p aria-live="polite">${s.pending ? nothing : html`<b>${n}</b> `}${s.customers ? t("select.customers", { n }) : s.pending ? t("select.asking") : t("select.rows", { n })} <span>${s.label}</span></p>
      <span class="sp"></span>
      <button class="btn" type="button" @click=${() => this.tell("show-rows")}>${s.customers ? t("select.show") : t("select.showRows")}</button>
      ${s.customers?.length ? html`<button class="btn opt" type="button" @click=${() => filterToSelection(s)}>${t("select.filter")}</button>
        <button class="btn opt" type="button" @click=${() => exportSelection(s)}>${t("select.export")}</button>
        ${saved ? html`<span class="kept" role="status">${icon("check")} ${t("select.saved", { name: saved.name })} ${this.app.screen === "customers" ? nothing : html`<button class="link" type="button" @click=${() => go("customers")}>${t("select.audiences")}</button>`}</span>`
          : html`<button class="btn pri" type="button" @click=${() => store.set({ dialog: "audience" })}>${icon("bookmark")} ${t("select.save")}</button>`}` : nothing}
      <button class="ib" type="button" aria-label=${t("select.clear")} @click=${() => store.set({ selection: null })}>${icon("close")}</button>
    </div>`;
  }
}
