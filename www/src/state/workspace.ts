/**
 * What is kept between visits: the files of a workspace and what was done to them, in this browser's own data base; the
 * settings in its local storage. Both may be refused (private windows, pages from disk): then the page works and says so.
 */
import { t } from "../i18n/index.ts";
import type { Change } from "./history.ts";
import { session, type Taken } from "./session.ts";
import { noFilters, store, type Audience, type Filters, type Note, type Pin, type Recent } from "./store.ts";
import type { ReadOptions, RecipeStep } from "../types/engine.ts";

interface Saved {
  id: string;
  name: string;
  saved: number;
  bytes: number;
  synthetic: boolean;
  blobs: { name: string; blob: Blob }[];
  /** The files that were joined to it, as they were called; what they brought is in the blobs. */
  files?: { name: string; bytes: number }[];
  /** What each of them brought; the tables before them, as far as they are kept, are `earlier`. */
  taken?: Told[];
  earlier?: (Blob | null)[];
  options: ReadOptions;
  recipe: RecipeStep[];
  filters: Filters;
  compare?: Filters | null;
  /** What was changed of them, so that undo reaches back beyond this visit. */
  changes?: readonly Change[];
  params: Record<string, Record<string, unknown>>;
  audiences: Audience[];
  notes: Note[];
  pins: Pin[];
  currency: string;
  /** Where one was, so that a visit goes on there. */
  room?: string;
}

type Told = Omit<Taken, "before"> & { before: Omit<Taken["before"], "blob"> };

/** Tables before a file was joined are each about as large as the whole: this much of them is kept, the last first. */
const EARLIER = 512e6;

function earlier(most: number): (Blob | null)[] {
  let left = most;
  return session.taken.map((x) => x.before.blob).reverse().map((blob) => {
    left -= blob?.size ?? Infinity;
    return left >= 0 ? blob : null;
  }).reverse();
}

const BASE = "kelan";
const SETTINGS = "kelan.settings";

function open(): Promise<IDBDatabase | null> {
  return new Promise((done) => {
    try {
      const request = indexedDB.open(BASE, 2);
      request.onupgradeneeded = () => {
        // Files apart from what is done to them: a filter that moves must not write a gigabyte anew.
        for (const name of ["workspaces", "files"] as const) if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name, { keyPath: "id" });
      };
      request.onsuccess = () => done(request.result);
      request.onerror = () => done(null);
      request.onblocked = () => done(null);
    } catch {
      done(null);
    }
  });
}

/** Null where the browser refuses. What is written counts once it lies there: a full disk is told of at the end only. */
async function use<T>(mode: IDBTransactionMode, work: (s: IDBObjectStore) => IDBRequest<T>, kind: "workspaces" | "files" = "workspaces"): Promise<T | null> {
  const base = await open();
  if (!base) return null;
  try {
    return await new Promise<T | null>((done) => {
      const transaction = base.transaction(kind, mode);
      const request = work(transaction.objectStore(kind));
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = transaction.onabort = () => done(null);
    });
  } catch {
    return null;
  } finally {
    base.close();
  }
}

export async function list(): Promise<Recent[]> {
  const all = (await use("readonly", (s) => s.getAll() as IDBRequest<Kept[]>)) ?? [];
  return all.map(({ id, name, saved, bytes, blobs, files, count }) => ({ id, name, saved, bytes, files: files?.length ?? count ?? blobs?.length ?? 1 })).sort((a, b) => b.saved - a.saved);
}

function current(): Saved | null {
  const { workspace, synthetic, filters, compare, params, audiences, notes, pins, currency } = store.state;
  if (loading || !workspace || !session.table || session.blobs.length === 0) return null;
  const { files } = store.state;
  const own = session.blobs.reduce((n, b) => n + b.blob.size, 0);
  const before = earlier(EARLIER);
  const { signal: _s, onProgress: _p, ...options } = session.readOptions;
  return {
    id: workspace.id, name: workspace.name, saved: Date.now(), bytes: own + before.reduce((n, b) => n + (b?.size ?? 0), 0), synthetic, blobs: session.blobs, files, options,
    earlier: before, taken: session.taken.map(({ before: { blob: _, ...rest }, ...x }) => ({ ...x, before: rest })),
    recipe: session.table.recipe(), room: store.state.room, filters, compare, changes: store.changes, params, audiences, notes, pins, currency,
  };
}

/** As the data base holds it: the files lie in a store of their own. Versions before that kept them inside. */
type Kept = Omit<Saved, "blobs" | "earlier"> & { blobs?: Saved["blobs"]; count?: number };

let written: { id: string; blobs: Saved["blobs"]; taken: Taken[] } | null = null;
/** The workspace of which it was said that it is not kept: said once. */
let warned = "";

async function write(saved: Saved): Promise<void> {
  const { blobs, earlier: before = [], ...rest } = saved;
  const { taken } = session;
  const put = (tables: (Blob | null)[]): Promise<unknown> => use("readwrite", (s) => s.put({ id: saved.id, blobs, earlier: tables }), "files");
  let there = written?.id === saved.id && written.blobs === blobs && written.taken === taken;
  // Without room for the tables of before, the one of now is what counts.
  if (!there) there = (await put(before)) !== null || (before.some(Boolean) && (await put(before.map(() => null))) !== null);
  if (there) {
    written = { id: saved.id, blobs, taken };
    there = (await use("readwrite", (s) => s.put({ ...rest, count: blobs.length } satisfies Kept))) !== null;
  }
  if (!there && warned !== saved.id && store.state.workspace?.id === saved.id) {
    warned = saved.id;
    store.set({ problem: { code: "unkept", title: t("workspace.notKept"), detail: "", remedy: t("workspace.notKeptDo"), raw: "" } });
  }
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Saves a moment after the last change. Samples are not kept: they can be made again. */
export function save(): Promise<void> {
  clearTimeout(timer);
  return new Promise((done) => {
    timer = setTimeout(() => {
      const saved = current();
      if (!saved || saved.synthetic) return done();
      void write(saved).then(async () => {
        store.set({ recent: await list() });
        done();
      });
    }, 600);
  });
}

/** Saves at once, before something replaces what is open. */
export async function saveNow(): Promise<void> {
  clearTimeout(timer);
  const saved = current();
  if (!saved || saved.synthetic) return;
  await write(saved);
  store.set({ recent: await list() });
}

export async function remove(id: string): Promise<void> {
  if (written?.id === id) written = null;
  await use("readwrite", (s) => s.delete(id) as IDBRequest<undefined>);
  await use("readwrite", (s) => s.delete(id) as IDBRequest<undefined>, "files");
}

/** While one is being opened nothing is saved: half a workspace under another name would be. */
let loading = false;

async function load(saved: Saved): Promise<boolean> {
  loading = true;
  try {
    return await fillIn(saved);
  } finally {
    loading = false;
  }
}

async function fillIn(saved: Saved): Promise<boolean> {
  const [first, ...rest] = saved.blobs;
  if (!first) return false;
  if (!(await session.read(first.blob, first.name, saved.options ?? {}, saved.synthetic))) return false;
  if (rest.length > 0) {
    const { join } = await import("./join.ts");
    for (const { name, blob } of rest) await join(new File([blob], name), "append");
  }
  if (saved.taken) session.taken = saved.taken.map((x, i) => ({ ...x, before: { ...x.before, blob: saved.earlier?.[i] ?? null } }));
  await session.replay(saved.recipe ?? []);
  store.startHistory(saved.changes ?? []);
  store.set({
    workspace: { id: saved.id, name: saved.name }, filters: saved.filters ?? noFilters(), compare: saved.compare ?? null, params: saved.params ?? {}, audiences: saved.audiences ?? [], notes: saved.notes ?? [],
    pins: saved.pins ?? [], currency: saved.currency ?? "", screen: "room", room: session.meta(saved.room ?? "") ? (saved.room as string) : "overview", files: saved.files ?? saved.blobs.map((b) => ({ name: b.name, bytes: b.blob.size })),
  });
  return true;
}

export async function restore(id: string): Promise<boolean> {
  const kept = await use("readonly", (s) => s.get(id) as IDBRequest<Kept | undefined>);
  const files = kept && !kept.blobs ? await use("readonly", (s) => s.get(id) as IDBRequest<Pick<Saved, "blobs" | "earlier"> | undefined>, "files") : null;
  const blobs = kept?.blobs ?? files?.blobs;
  return kept && blobs ? load({ ...kept, blobs, earlier: files?.earlier ?? [] }) : false;
}

/** The workspace as one file: a line of JSON, then the bytes of its files, then tables from before files were joined, as long as the file gets no more than twice as long. */
export async function toFile(): Promise<Blob | null> {
  const saved = current();
  if (!saved) return null;
  const before = earlier(saved.blobs.reduce((n, b) => n + b.blob.size, 0));
  const head = JSON.stringify({ kelan: 1, ...saved, blobs: saved.blobs.map((b) => ({ name: b.name, bytes: b.blob.size })), earlier: before.map((b) => b && b.size) });
  return new Blob([head, "\n", ...saved.blobs.map((b) => b.blob), ...before.filter((b) => b !== null)], { type: "application/octet-stream" });
}

/** Opens a workspace from its file; says what is wrong with it where it cannot be. */
export async function openFile(file: Blob & { name?: string }): Promise<boolean> {
  try {
    await saveNow();
    const head = await headOf(file);
    if (!head) throw new Error(t("workspace.notOne", { name: file.name ?? "" }));
    if (head.value.kelan > 1) throw new Error(t("workspace.newer"));
    let { at } = head;
    const next = (bytes: number): Blob => file.slice(at, (at += bytes));
    const blobs = head.value.blobs.map(({ name, bytes }) => ({ name, blob: next(bytes) }));
    const before = (head.value.earlier ?? []).map((bytes) => (bytes === null ? null : next(bytes)));
    if (at > file.size) throw new Error(t("workspace.cut", { name: file.name ?? "" }));
    return await load({ ...head.value, blobs, earlier: before });
  } catch (error) {
    store.set({ problem: { code: "bad_file", title: error instanceof Error ? error.message : String(error), detail: file.name ?? "", remedy: t("workspace.remedy"), raw: "" } });
    return false;
  }
}

type Head = Omit<Saved, "blobs" | "earlier"> & { kelan: number; blobs: { name: string; bytes: number }[]; earlier?: (number | null)[] };

/** The first line, however long: audiences of a million customers stand in it. */
async function headOf(file: Blob): Promise<{ value: Head; at: number } | null> {
  for (let size = 1 << 20; ; size *= 4) {
    const bytes = new Uint8Array(await file.slice(0, size).arrayBuffer());
    if (bytes[0] !== 0x7b) return null;
    const end = bytes.indexOf(10);
    if (end < 0 && size < file.size) continue;
    if (end < 0) return null;
    try {
      const value = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Partial<Head>;
      return typeof value.kelan === "number" && Array.isArray(value.blobs) ? { value: value as Head, at: end + 1 } : null;
    } catch {
      return null;
    }
  }
}

// Settings

export function remember(): void {
  const { locale, themeChoice, grouping, letters, patterns } = store.state;
  try {
    localStorage.setItem(SETTINGS, JSON.stringify({ locale, themeChoice, grouping, letters, patterns }));
  } catch {
    // Nothing is kept here, then.
  }
}

export function recall(): void {
  try {
    const kept = JSON.parse(localStorage.getItem(SETTINGS) ?? "{}") as Record<string, unknown>;
    const patch: Parameters<typeof store.set>[0] = {};
    if (kept["locale"] === "en" || kept["locale"] === "zh-CN") patch.locale = kept["locale"];
    if (kept["themeChoice"] === "light" || kept["themeChoice"] === "dark" || kept["themeChoice"] === "system") patch.themeChoice = kept["themeChoice"];
    if (kept["grouping"] === "wan" || kept["grouping"] === "thousand") patch.grouping = kept["grouping"];
    if (typeof kept["letters"] === "boolean") patch.letters = kept["letters"];
    if (typeof kept["patterns"] === "boolean") patch.patterns = kept["patterns"];
    store.set(patch);
  } catch {
    // Defaults serve.
  }
}

/** Nothing of ours remains in this browser: data base, settings, and the copy of the page itself that worked without a network. */
export async function forget(): Promise<void> {
  clearTimeout(timer);
  written = null;
  const steps: (() => unknown)[] = [
    () => localStorage.removeItem(SETTINGS),
    () => new Promise<void>((done) => {
      const request = indexedDB.deleteDatabase(BASE);
      request.onsuccess = request.onerror = request.onblocked = () => done();
    }),
    // Only the page of ours registers a worker; inside another page these find nothing of ours.
    async () => Promise.all((await navigator.serviceWorker.getRegistrations()).filter((r) => r.active?.scriptURL === new URL("./sw.js", location.href).href).map((r) => r.unregister())),
    async () => Promise.all((await caches.keys()).filter((name) => /^kelan-[0-9a-f]{16}$/.test(name)).map((name) => caches.delete(name))),
  ];
  // What a browser refuses here, it never kept.
  for (const step of steps) await Promise.resolve().then(step).catch(() => undefined);
}
