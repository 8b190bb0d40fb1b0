/**
 * What is kept between visits: the files of a workspace and what was done to them, in this browser's own data base; the
 * settings in its local storage. Both may be refused (private windows, pages from disk): then the page works and says so.
 */
import { session } from "./session.ts";
import { noFilters, store, type Audience, type Filters, type Note, type Pin, type Recent } from "./store.ts";
import type { ReadOptions, RecipeStep } from "../types/engine.ts";

interface Saved {
  id: string;
  name: string;
  saved: number;
  bytes: number;
  synthetic: boolean;
  blobs: { name: string; blob: Blob }[];
  options: ReadOptions;
  recipe: RecipeStep[];
  filters: Filters;
  params: Record<string, Record<string, unknown>>;
  audiences: Audience[];
  notes: Note[];
  pins: Pin[];
  currency: string;
}

const BASE = "kelan";
const SETTINGS = "kelan.settings";

function open(): Promise<IDBDatabase | null> {
  return new Promise((done) => {
    try {
      const request = indexedDB.open(BASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore("workspaces", { keyPath: "id" });
      request.onsuccess = () => done(request.result);
      request.onerror = () => done(null);
      request.onblocked = () => done(null);
    } catch {
      done(null);
    }
  });
}

async function use<T>(mode: IDBTransactionMode, work: (s: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  const base = await open();
  if (!base) return null;
  try {
    return await new Promise<T | null>((done) => {
      const request = work(base.transaction("workspaces", mode).objectStore("workspaces"));
      request.onsuccess = () => done(request.result);
      request.onerror = () => done(null);
    });
  } catch {
    return null;
  } finally {
    base.close();
  }
}

export async function list(): Promise<Recent[]> {
  const all = (await use("readonly", (s) => s.getAll() as IDBRequest<Saved[]>)) ?? [];
  return all.map(({ id, name, saved, bytes, blobs }) => ({ id, name, saved, bytes, files: blobs.length })).sort((a, b) => b.saved - a.saved);
}

function current(): Saved | null {
  const { workspace, synthetic, filters, params, audiences, notes, pins, currency } = store.state;
  if (!workspace || !session.table || session.blobs.length === 0) return null;
  const { signal: _s, onProgress: _p, ...options } = session.readOptions;
  return {
    id: workspace.id, name: workspace.name, saved: Date.now(), bytes: session.blobs.reduce((n, b) => n + b.blob.size, 0), synthetic, blobs: session.blobs, options,
    recipe: session.table.recipe(), filters, params, audiences, notes, pins, currency,
  };
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Saves a moment after the last change. Samples are not kept: they can be made again. */
export function save(): Promise<void> {
  clearTimeout(timer);
  return new Promise((done) => {
    timer = setTimeout(() => {
      const saved = current();
      if (!saved || saved.synthetic) return done();
      void use("readwrite", (s) => s.put(saved)).then(async () => {
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
  await use("readwrite", (s) => s.put(saved));
  store.set({ recent: await list() });
}

export async function remove(id: string): Promise<void> {
  await use("readwrite", (s) => s.delete(id) as IDBRequest<undefined>);
}

async function load(saved: Saved): Promise<boolean> {
  const [first] = saved.blobs;
  if (!first) return false;
  if (!(await session.read(first.blob, first.name, saved.options, saved.synthetic))) return false;
  session.blobs = saved.blobs;
  if (saved.recipe.length > 0) {
    await session.table?.replay(saved.recipe).catch(() => undefined);
    await session.changed();
  }
  store.set({
    workspace: { id: saved.id, name: saved.name }, filters: saved.filters ?? noFilters(), params: saved.params ?? {}, audiences: saved.audiences ?? [], notes: saved.notes ?? [],
    pins: saved.pins ?? [], currency: saved.currency ?? "", screen: "room", room: "overview", files: saved.blobs.map((b) => ({ name: b.name, bytes: b.blob.size })),
  });
  return true;
}

export async function restore(id: string): Promise<boolean> {
  const saved = await use("readonly", (s) => s.get(id) as IDBRequest<Saved | undefined>);
  return saved ? load(saved) : false;
}

/** The workspace as one file: a line of JSON, then the bytes of its files. */
export async function toFile(): Promise<Blob | null> {
  const saved = current();
  if (!saved) return null;
  const head = JSON.stringify({ kelan: 1, ...saved, blobs: saved.blobs.map((b) => ({ name: b.name, bytes: b.blob.size })) });
  return new Blob([head, "\n", ...saved.blobs.map((b) => b.blob)], { type: "application/octet-stream" });
}

export async function openFile(file: Blob): Promise<boolean> {
  const start = await file.slice(0, 4 << 20).text();
  const end = start.indexOf("\n");
  if (end < 0) return false;
  try {
    const head = JSON.parse(start.slice(0, end)) as Omit<Saved, "blobs"> & { kelan: number; blobs: { name: string; bytes: number }[] };
    let at = new TextEncoder().encode(start.slice(0, end + 1)).length;
    const blobs = head.blobs.map(({ name, bytes }) => {
      const blob = file.slice(at, at + bytes);
      at += bytes;
      return { name, blob };
    });
    return await load({ ...head, blobs });
  } catch {
    return false;
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

/** Nothing of ours remains in this browser. */
export async function forget(): Promise<void> {
  clearTimeout(timer);
  try {
    localStorage.removeItem(SETTINGS);
  } catch {
    // There was none.
  }
  await new Promise<void>((done) => {
    try {
      const request = indexedDB.deleteDatabase(BASE);
      request.onsuccess = request.onerror = request.onblocked = () => done();
    } catch {
      done();
    }
  });
}
