/** The first page: one sentence, one place to drop a file, samples, earlier work, and what the browser enforces. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { bytes, date } from "../i18n/format.ts";
import { t } from "../i18n/index.ts";
import { policy } from "../state/policy.ts";
import { store, style } from "../state/store.ts";
import { mac, Piece } from "./element.ts";
import { icon, mark } from "./icons.ts";
import { chooseFiles, forgetOne, openRecent, openSample, openTable } from "./actions.ts";
import { problemCard } from "./states.ts";
import "./menu.ts";

@customElement("kl-landing")
export class Landing extends Piece {
  override render(): TemplateResult {
    const { recent, problem } = this.app;
    return html`<div class="landing">
      <header class="ltop"><span class="brand">${mark()}<b>Kelan</b> <i lang="zh-CN">客览</i></span><span class="sp"></span><kl-prefs></kl-prefs></header>
      <main id="main" class="lmain">
        <section class="lopen">
          <h1 part="headline">${t("landing.sentence")}</h1>
          <p class="lead">${t("landing.lead")}</p>
          ${problem ? problemCard(problem, () => store.set({ problem: null })) : nothing}
          <div class="drop" part="drop">
            <div class="dropin">
              <h2>${t("landing.drop")}</h2>
              <div class="fx">
                <button class="btn pri big" type="button" @click=${() => chooseFiles()}>${icon("file")} ${t("landing.choose")}</button>
                <button class="btn big" type="button" @click=${() => store.set({ dialog: "paste" })}>${t("landing.paste")} <kbd>${mac() ? "⌘" : "Ctrl"} V</kbd></button>
              </div>
              <p class="hint">${t("landing.formats")} · <button class="link" type="button" @click=${() => store.set({ dialog: "url" })}>${t("landing.url")}</button></p>
            </div>
            ${ledger()}
          </div>
        </section>
        <section class="lside">
          <h2>${t("landing.samples")}</h2>
          <ul class="ruled">
            <li><button type="button" @click=${() => openSample("zh-CN")}><b>${t("landing.sampleZh")}</b><span>${t("landing.sampleZhHint")}</span></button></li>
            <li><button type="button" @click=${() => openSample("en")}><b>${t("landing.sampleEn")}</b><span>${t("landing.sampleEnHint")}</span></button></li>
            <li><button type="button" @click=${() => openTable("contracts")}><b>${t("landing.sampleContracts")}</b><span>${t("landing.sampleContractsHint")}</span></button></li>
            <li><button type="button" @click=${() => openTable("deals")}><b>${t("landing.sampleDeals")}</b><span>${t("landing.sampleDealsHint")}</span></button></li>
          </ul>
          <p class="note">${t("landing.synthetic")}</p>
          ${recent.length > 0
            ? html`<h2>${t("landing.continue")}</h2>
              <ul class="ruled">${recent.slice(0, 5).map((r) => html`<li>
                <button type="button" @click=${() => openRecent(r.id)}><b>${r.name}</b><span>${t("landing.saved", { date: date(new Date(r.saved).toISOString(), style()), size: bytes(r.bytes) })}</span></button>
                <button class="ib" type="button" aria-label=${t("landing.forgetOne", { name: r.name })} title=${t("landing.forgetOne", { name: r.name })} @click=${() => forgetOne(r.id)}>${icon("close")}</button></li>`)}</ul>
              <p class="note">${t("landing.kept")} <button class="link" type="button" @click=${() => store.set({ dialog: "forget" })}>${t("landing.forget")}</button></p>`
            : nothing}
        </section>
      </main>
      <footer class="proof">
        <div><strong class="zero">${sent()}</strong><p>${t("proof.since")}</p></div>
        <div><h3>${t("proof.offline")}</h3><p>${t("proof.offlineText")}</p></div>
        <div><h3>${t("proof.network")}</h3><p>${t("proof.networkText")}</p></div>
        <div><h3>${t("proof.rule")}</h3><p>${proofRule()}</p></div>
      </footer>
    </div>`;
  }
}

export function sent(): string {
  const { sent: s } = store.state;
  if (s.hosts.length > 0) return t("proof.asked", { host: s.hosts.join(", ") });
  return t("proof.sent", { bytes: bytes(s.bytes) === "0 B" ? "0" : bytes(s.bytes) });
}

/** Says what the policy in force says, and no more. */
export function proofRule(): TemplateResult {
  const rule = policy();
  if (rule === "none") return html`${t("proof.ruleNone")} <code>connect-src 'none'</code>${t("proof.ruleEnd")}`;
  if (rule === "self") return html`${t("proof.ruleSelf")} <code>connect-src 'self'</code>${t("proof.ruleSelfEnd")}`;
  if (rule === "https") return html`${t("proof.ruleHttps")} <code>connect-src 'self' https:</code>${t("proof.ruleHttpsEnd")}`;
  return html`${t("proof.ruleOpen")}`;
}

/** An empty ledger: what a file will look like here. */
function ledger(): TemplateResult {
  return html`<svg class="ledger" viewBox="0 0 190 190" preserveAspectRatio="xMinYMin slice" aria-hidden="true">
    <path class="rules" d="M0 0V190M58 0V190M116 0V190M174 0V190M0 70H190M0 94H190M0 118H190M0 142H190M0 166H190"></path>
    <path class="heads" d="M12 24h32M70 24h20M128 24h32"></path>
    <path class="bars" d="M14 56v-6M20 56v-12M26 56v-16M32 56v-9M38 56v-5M72 56v-14M78 56v-14M84 56v-14M90 56v-14M130 56v-4M136 56v-7M142 56v-9M148 56v-12M154 56v-16"></path>
  </svg>`;
}
