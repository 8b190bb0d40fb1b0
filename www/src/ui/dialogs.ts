/** The few things that are modal: pasting, an address, what destroys, naming an audience, joining files, the report. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { format } from "../i18n/format.ts";
import { say, t, type Key } from "../i18n/index.ts";
import { join, plan, type Plan } from "../state/join.ts";
import { policy } from "../state/policy.ts";
import { problemOf, session } from "../state/session.ts";
import { store, style } from "../state/store.ts";
import { Piece, save } from "./element.ts";
import { chooseFiles, forgetEverything, openFiles, openText, saveAudience, setWaiting, waiting } from "./actions.ts";
import { answer, asking } from "./ask.ts";
import { icon } from "./icons.ts";

@customElement("kl-dialogs")
export class Dialogs extends Piece {
  private plan: Plan | null = null;
  private planFor: File | null = null;
  private chosen = new Set<string>();
  private k = 5;
  private twins = true;
  /** The files that follow are taken in like this one. */
  private same = false;
  private busy = false;
  private note = "";

  private get dialog(): HTMLDialogElement {
    return this.querySelector("dialog") as HTMLDialogElement;
  }

  override render(): TemplateResult {
    const { dialog } = this.app;
    return html`<dialog class="modal over" aria-labelledby="dlg-title" @cancel=${() => store.set({ dialog: null })} @close=${() => this.app.dialog && store.set({ dialog: null })}>${dialog ? html`<form method="dialog" @submit=${(e: Event) => e.preventDefault()}>
      <div class="dlghead"><h2 id="dlg-title">${dialog === "confirm" ? (asking()?.title ?? "") : t(`dialog.${dialog}` as Key)}</h2><button class="ib" type="button" aria-label=${t("close")} @click=${() => store.set({ dialog: null })}>${icon("close")}</button></div>
      ${this.body()}</form>` : nothing}</dialog>`;
  }

  protected override updated(_: PropertyValues): void {
    const { dialog } = this.app;
    if (dialog && !this.dialog.open) {
      this.note = "";
      this.busy = false;
      if (dialog === "report") this.chosen = new Set(session.metas().filter((m) => session.ready(m)).slice(0, 5).map((m) => m.id));
      this.dialog.showModal();
      this.querySelector<HTMLElement>("textarea,input,select,.btn")?.focus();
      this.requestUpdate();
    } else if (!dialog && this.dialog.open) this.dialog.close();
    if (dialog !== "confirm" && asking()) answer(false);
  }

  private body(): TemplateResult {
    switch (this.app.dialog) {
      case "paste":
        return html`<p>${t("paste.text")}</p><textarea id="paste" rows="10" spellcheck="false" aria-label=${t("dialog.paste")}></textarea>
          ${this.foot(t("paste.read"), () => void openText((this.querySelector("#paste") as HTMLTextAreaElement).value))}`;
      case "url":
        if (policy() === "none") return html`<p>${t("url.never")}</p><p class="note">${t("url.neverDo")}</p><div class="foot"><button class="btn" type="button" @click=${() => store.set({ dialog: null })}>${t("close")}</button></div>`;
        return html`<p>${t("url.text")}</p><label class="formline">${t("url.label")}<input id="url" type="text" inputmode="url" autocomplete="off" spellcheck="false" placeholder="https://" required></label><p class="note">${t("url.consent")}</p>
          ${this.note ? html`<p class="err" role="alert">${this.note}</p>` : nothing}${this.foot(t("url.fetch"), () => void this.fetchUrl())}`;
      case "forget":
        return html`<p>${t("forget.text")}</p>${this.foot(t("forget.do"), () => void forgetEverything(), true)}`;
      case "audience":
        return html`<p>${t("audience.text", { n: format(this.app.selection?.customers?.length ?? 0, "count", style()) })}</p>
          <label class="formline">${t("audience.name")}<input id="aud" type="text" .value=${this.app.selection?.label ?? ""}></label>
          ${this.foot(t("select.save"), () => {
            const name = (this.querySelector("#aud") as HTMLInputElement).value.trim();
            if (this.app.selection && name) saveAudience(this.app.selection, name);
          })}`;
      case "confirm":
        return html`<p>${asking()?.text ?? ""}</p>${this.foot(asking()?.yes ?? "", () => answer(true))}`;
      case "join":
        return this.joinBody();
      case "report":
        return this.reportBody();
      default:
        return html``;
    }
  }

  private foot(label: string, run: () => void, danger = false): TemplateResult {
    return html`<div class="foot"><button class="btn" type="button" @click=${() => store.set({ dialog: null })}>${t("cancel")}</button><button class="btn ${danger ? "danger" : "pri"}" type="submit" ?disabled=${this.busy} @click=${run}>${label}</button></div>`;
  }

  /** Asks one host, named beforehand, for one file. The policy in force may forbid it: that is said before anything is asked. */
  private async fetchUrl(): Promise<void> {
    const text = (this.querySelector("#url") as HTMLInputElement).value.trim();
    const say_ = (note: string): void => {
      this.note = note;
      this.requestUpdate();
    };
    let url: URL;
    try {
      url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
      if (!/^https?:$/.test(url.protocol) || !/^(\[[\da-f:.]+\]|[\w-]+(\.[\w-]+)+|localhost)$/i.test(url.hostname)) throw new Error("no host");
    } catch {
      say_(t("url.bad"));
      return;
    }
    const own = url.origin === location.origin;
    const rule = policy();
    if (!own && rule === "self") return say_(t("url.onlySelf", { host: url.host }));
    if (!own && rule === "https" && url.protocol !== "https:") return say_(t("url.onlyHttps"));
    this.busy = true;
    say_("");
    const { sent } = store.state;
    store.set({ sent: { ...sent, hosts: [...new Set([...sent.hosts, url.host])] } });
    try {
      const response = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer" });
      if (!response.ok) return say_(t("url.status", { host: url.host, status: response.status }));
      const blob = await response.blob();
      if (/^\s*<(!doctype html|html)/i.test(await blob.slice(0, 200).text())) return say_(t("url.page", { host: url.host }));
      if (blob.size === 0) return say_(t("url.empty", { host: url.host }));
      const name = decodeURIComponent(new URL(response.url || url).pathname.split("/").filter(Boolean).pop() ?? "") || url.host;
      // The dialog may have been closed while the host took its time: that was a no.
      if (this.app.dialog !== "url") return;
      store.set({ dialog: null });
      await openFiles([new File([blob], name)]);
    } catch (error) {
      say_(own ? `${t("url.failed", { host: url.host })} ${error instanceof Error ? error.message : ""}` : t("url.cors", { host: url.host }));
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }

  private joinBody(): TemplateResult {
    const files = waiting();
    const [file] = files;
    if (!file) return html`<p>${t("join.choose")}</p>${this.foot(t("landing.choose"), () => chooseFiles((list) => {
      setWaiting(list);
      this.planFor = null;
      this.requestUpdate();
    }))}`;
    if (this.planFor !== file) {
      this.planFor = file;
      this.plan = null;
      void plan(file).then((p) => {
        if (this.planFor !== file) return;
        this.plan = p;
        this.requestUpdate();
      }, (error: unknown) => {
        this.note = problemOf(error, file.name).title;
        this.requestUpdate();
      });
    }
    const p = this.plan;
    const s = style();
    const n = (v: number): string => format(v, "count", s);
    const do_ = (how: "append" | "replace" | "apart"): void => {
      this.busy = true;
      this.note = "";
      this.requestUpdate();
      void this.takeIn(files, how, this.same).then((rest) => {
        setWaiting(rest);
        store.set({ dialog: rest.length > 0 ? "join" : null });
      }, (error: unknown) => {
        this.note = problemOf(error, waiting()[0]?.name).title;
        store.set({ dialog: "join" });
      }).finally(() => {
        this.busy = false;
        this.requestUpdate();
      });
    };
    return html`<p class="file">${files.length > 1 ? t("join.next", { name: file.name, n: files.length - 1 }) : file.name}</p>
      ${p ? html`<p><b data-test="join-counts">${t("join.counts", { rows: n(p.added), changed: n(p.changed), columns: p.newColumns.length })}</b></p>
        ${p.same > 0 ? html`<p class="note">${t("join.sameRows", { n: n(p.same) })}</p>` : nothing}
        <p class="note">${!p.compared ? (p.common > 0 ? t("join.notCompared") : nothing) : p.key.length > 0 ? t("join.byKey", { columns: p.key.join(" + ") }) : t("join.byRow")}</p>
        ${p.newColumns.length > 0 ? html`<p class="note">${t("join.newColumns", { names: p.newColumns.join(t("list.comma")) })}</p>` : nothing}
        ${p.missingColumns.length > 0 ? html`<p class="note">${t("join.missingColumns", { names: p.missingColumns.join(t("list.comma")) })}</p>` : nothing}`
        : this.note ? nothing : html`<p class="note">${t("table.working")}…</p>`}
      ${this.note ? html`<p class="err" role="alert">${this.note}</p>` : nothing}
      ${files.length > 1 ? html`<label class="check"><input type="checkbox" name="same" .checked=${this.same} @change=${(e: Event) => {
        this.same = (e.target as HTMLInputElement).checked;
        this.requestUpdate();
      }}> ${t("join.same", { n: files.length - 1 })}</label>` : nothing}
      <div class="options">
        <button class="opt" type="button" ?disabled=${this.busy || !p || p.common === 0} @click=${() => do_("append")}><b>${t("join.append")}</b><span>${t("join.appendText")}</span></button>
        <button class="opt" type="button" ?disabled=${this.busy || (this.same && files.length > 1)} @click=${() => do_("replace")}><b>${t("join.replace")}</b><span>${t("join.replaceText")}</span></button>
        <button class="opt" type="button" ?disabled=${this.busy} @click=${() => do_("apart")}><b>${t("join.apart")}</b><span>${t("join.apartText")}</span></button>
      </div>`;
  }

  /** Takes in the first of some files, or all of them alike; answers those that are still to be asked about. */
  private async takeIn(files: File[], how: "append" | "replace" | "apart", all: boolean): Promise<File[]> {
    let rest = files;
    for (let first = true; rest.length > 0 && (first || all); first = false) {
      const [file] = rest;
      // One that has no column in common is asked about by itself.
      if (!file || (!first && how === "append" && (await plan(file)).common === 0)) break;
      const done = await join(file, how);
      rest = rest.slice(1);
      setWaiting(rest);
      if (!done) break;
    }
    this.same = false;
    return rest;
  }

  private reportBody(): TemplateResult {
    const ready = session.metas().filter((m) => session.ready(m));
    return html`<p>${t("report.text")}</p>
      <fieldset class="checks"><legend>${t("report.rooms")}</legend>${ready.map((m) => html`<label><input type="checkbox" .checked=${this.chosen.has(m.id)} @change=${(e: Event) => {
        if ((e.target as HTMLInputElement).checked) this.chosen.add(m.id);
        else this.chosen.delete(m.id);
        this.requestUpdate();
      }}> <span>${say(m.words.title)}</span></label>`)}</fieldset>
      <label class="check"><input type="checkbox" .checked=${this.twins} @change=${(e: Event) => (this.twins = (e.target as HTMLInputElement).checked)}> ${t("report.twins")}</label>
      <label class="formline">${t("report.k")}<input type="number" min="0" max="100" .value=${String(this.k)} @change=${(e: Event) => (this.k = Math.max(0, Number((e.target as HTMLInputElement).value)))}></label>
      ${this.note ? html`<p class="note" role="status">${this.note}</p>` : nothing}
      <div class="foot"><button class="btn" type="button" @click=${() => store.set({ dialog: null })}>${t("cancel")}</button>
        <button class="btn" type="button" ?disabled=${this.busy || this.chosen.size === 0} @click=${() => void this.report(true)}>${icon("report")} ${t("report.print")}</button>
        <button class="btn pri" type="button" ?disabled=${this.busy || this.chosen.size === 0} @click=${() => void this.report()}>${icon("download")} ${t("report.make")}</button></div>`;
  }

  private async report(print = false): Promise<void> {
    this.busy = true;
    this.note = t("table.working");
    this.requestUpdate();
    try {
      const { makeReport, printReport } = await import("./report.ts");
      const blob = await makeReport([...this.chosen], { k: this.k, twins: this.twins });
      if (print) {
        store.set({ dialog: null });
        await printReport(blob);
      } else save(blob, `${this.app.workspace?.name ?? "kelan"}-${new Date().toISOString().slice(0, 10)}.html`);
      store.set({ dialog: null });
    } catch (error) {
      this.note = problemOf(error).title;
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }
}
