/** What buttons, keys and the palette do: one function each, so that every way in does the same. */
import { t } from "../i18n/index.ts";
import { problemOf, session } from "../state/session.ts";
import { noFilters, store, type Screen, type Selection } from "../state/store.ts";
import * as workspace from "../state/workspace.ts";
import type { Locale, Role, RoleMap } from "../types/engine.ts";
import type { Sample } from "../state/samples.ts";
import { isZip, unzip } from "../state/zip.ts";
import { filesOf } from "./drop.ts";
import { save } from "./element.ts";

const ENDINGS = ".csv,.tsv,.txt,.psv,.gz,.xlsx,.xlsm,.xls,.xlsb,.ods,.arrow,.arrows,.feather,.zip,.kelan,text/csv,text/plain";

export function chooseFiles(onFiles: (files: File[]) => void = (files) => void openFiles(files)): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.accept = ENDINGS;
  input.addEventListener("change", () => onFiles([...(input.files ?? [])]));
  input.click();
}

/** Opens dropped or chosen files. The first becomes the table; with more, the reader is asked how they belong together. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const list: File[] = [];
  for (const file of files.filter((f) => !f.name.startsWith("."))) {
    if (!(await isZip(file))) list.push(file);
    else {
      try {
        list.push(...(await unzip(file)));
      } catch (error) {
        store.set({ problem: { code: "bad_file", title: error instanceof Error ? error.message : String(error), detail: file.name, remedy: t("zip.remedy"), raw: "" } });
      }
    }
  }
  const [first, ...rest] = list;
  if (!first) return;
  if (/\.kelan$/i.test(first.name)) {
    await workspace.openFile(first);
    return;
  }
  if (session.table && store.state.screen !== "landing") {
    pending = list;
    store.set({ dialog: "join" });
    return;
  }
  if (await session.read(first, first.name)) {
    if (rest.length > 0) {
      pending = rest;
      store.set({ dialog: "join" });
    }
    void workspace.save();
  }
}

/** What was dropped, folders with all that is in them. */
export async function openDrop(data: DataTransfer): Promise<void> {
  const refused = (title: string, raw = ""): void => store.set({ problem: { code: "bad_file", title, detail: "", remedy: t("drop.remedy"), raw } });
  try {
    const { files, folders } = await filesOf(data);
    if (files.length === 0 && folders.length > 0) refused(t("drop.noTable", { name: folders.join(t("list.comma")) }));
    else await openFiles(files);
  } catch (error) {
    refused(t("drop.unreadable"), String(error));
  }
}

let pending: File[] = [];

/** Files waiting for the answer to append, replace or keep apart. */
export function waiting(): File[] {
  return pending;
}

export function setWaiting(files: File[]): void {
  pending = files;
}

export async function openText(text: string, name = t("paste.name")): Promise<void> {
  if (!text.trim()) return;
  if (await session.read(new Blob([text], { type: "text/plain" }), name)) void workspace.save();
}

export async function openSample(locale: Locale): Promise<void> {
  try {
    const kelan = await session.engine();
    const blob = await kelan.sampleData({ locale });
    const name = locale === "zh-CN" ? "示例_茶铺订单.csv" : "sample_tea_shop.csv";
    if (await session.read(blob, name, {}, true)) store.set({ currency: locale === "zh-CN" ? "¥" : "$" });
  } catch (error) {
    store.set({ problem: problemOf(error) });
  }
}

/** A made-up table that is no list of orders; its columns are said to be what they are. */
export async function openTable(sample: Sample): Promise<void> {
  try {
    const { locale } = store.state;
    const { make } = await import("../state/samples.ts");
    const { name, text, roles, params } = make(sample, locale);
    if (!(await session.read(new Blob([text], { type: "text/csv" }), name, {}, true, [{ op: "assign", roles }]))) return;
    store.set({ params, currency: locale === "zh-CN" ? "¥" : "$" });
  } catch (error) {
    store.set({ problem: problemOf(error) });
  }
}

export async function openRecent(id: string): Promise<void> {
  await workspace.restore(id);
}

export async function forgetOne(id: string): Promise<void> {
  await workspace.remove(id);
  store.set({ recent: await workspace.list() });
}

/** Everything that was kept or is open goes: the data base, the settings, the engine's memory. */
export async function forgetEverything(): Promise<void> {
  await session.close();
  await workspace.forget();
  store.startHistory();
  store.set({
    screen: "landing", dialog: null, sheet: null, selection: null, files: [], workspace: null, filters: noFilters(), compare: null, params: {}, audiences: [], notes: [],
    pins: [], recent: [], reading: null, problem: null, synthetic: false, customer: null, count: null, total: null, version: store.state.version + 1,
  });
}

export function go(screen: Screen, id = ""): void {
  const patch: Parameters<typeof store.set>[0] = { screen, sheet: null, nav: false, palette: false, selection: null, presenting: false };
  if (screen === "room") patch.room = id;
  if (screen === "customer") patch.customer = id;
  store.set(patch);
}

/** Says what a column is, from wherever its lack was noticed. */
export async function assignRole(role: Role, column: string): Promise<void> {
  const table = session.table;
  if (!table) return;
  try {
    await table.assign({ [role]: column } as RoleMap);
    await session.changed();
    void workspace.save();
  } catch (error) {
    store.set({ problem: problemOf(error) });
  }
}

/** The list one came from, so that J and K walk it. */
let trail: { ids: string[]; label: string } = { ids: [], label: "" };

export function openCustomer(id: string, ids: string[] = [], label = ""): void {
  trail = { ids, label };
  go("customer", id);
}

export function walk(step: 1 | -1): void {
  const at = trail.ids.indexOf(store.state.customer ?? "");
  const next = trail.ids[at + step];
  if (at >= 0 && next !== undefined) store.set({ customer: next });
}

export function trailOf(): { ids: string[]; label: string } {
  return trail;
}

export function saveAudience(selection: Selection, name: string): void {
  if (!selection.customers) return;
  const audience = { id: crypto.randomUUID(), name, customers: selection.customers, from: `${selection.room}: ${selection.label}`, created: new Date().toISOString() };
  store.set({ audiences: [...store.state.audiences, audience], dialog: null });
  void workspace.save();
}

export function filterToSelection(selection: Selection): void {
  if (!selection.customers) return;
  const audience = { id: crypto.randomUUID(), name: selection.label, customers: selection.customers, from: selection.room, created: new Date().toISOString() };
  store.set({ audiences: [...store.state.audiences, audience] });
  store.change({ filters: { ...store.state.filters, audience: audience.id } });
}

export function exportSelection(selection: Selection): void {
  if (!selection.customers) return;
  const lines = ["customer", ...selection.customers.map((c) => (/^[=+\-@\t\r]/.test(c) ? `'${c}` : c)).map((c) => (/[",\r\n]/.test(c) ? `"${c.replace(/"/g, '""')}"` : c))];
  save(new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" }), `${selection.label}.csv`);
}

export function togglePin(room: string, chart: string): void {
  const { pins, params } = store.state;
  const is = pins.find((p) => p.room === room && p.chart === chart);
  store.set({ pins: is ? pins.filter((p) => p !== is) : [...pins, { id: crypto.randomUUID(), room, chart, params: params[room] ?? {}, wide: false }] });
  void workspace.save();
}

export function setTheme(choice: "light" | "dark" | "system"): void {
  const theme = choice === "system" ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : choice;
  store.set({ themeChoice: choice, theme });
  workspace.remember();
}

export function setLanguage(locale: Locale): void {
  store.set({ locale });
  workspace.remember();
}
