/** Files of a drop, those inside of folders included, in the order of their names. */

const TABLE = /\.(csv|tsv|txt|psv|gz|xlsx|xlsm|xls|xlsb|ods|arrows?|feather|zip|kelan)$/i;

/** So many files of a folder are looked at: a whole disk that was dropped by mistake ends there. */
const MOST = 5000;

interface Handle {
  kind: "file" | "directory";
  name: string;
  getFile(): Promise<File>;
  values(): AsyncIterable<Handle>;
}

type Item = DataTransferItem & { getAsFileSystemHandle?: () => Promise<Handle | null> };

export interface Dropped {
  files: File[];
  /** The folders that were dropped, by name. */
  folders: string[];
}

export async function filesOf(data: DataTransfer): Promise<Dropped> {
  const items = [...data.items].filter((i) => i.kind === "file") as Item[];
  const entries = items.map((i) => i.webkitGetAsEntry?.() ?? null);
  const folders = entries.filter((e) => e?.isDirectory).map((e) => e?.name ?? "");
  const loose = [...data.files];
  if (folders.length === 0) return { files: loose, folders };
  // All are asked for before the first wait: then the drop is over. A page from disk reads folders by handles only.
  const handles = items.map((i) => i.getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null));
  const found: { path: string; file: File }[] = [];
  let seen = 0;
  const add = (path: string, file: File): void => {
    if (TABLE.test(file.name)) found.push({ path, file });
  };
  const hidden = (name: string): boolean => name.startsWith(".") || name.startsWith("~$") || name === "__MACOSX";
  const walk = async (h: Handle, path: string): Promise<void> => {
    if (hidden(h.name) || ++seen > MOST) return;
    if (h.kind === "file") {
      if (TABLE.test(h.name)) add(path, await h.getFile());
    } else for await (const child of h.values()) await walk(child, `${path}/${child.name}`);
  };
  const visit = async (e: FileSystemEntry): Promise<void> => {
    if (hidden(e.name) || ++seen > MOST) return;
    if (e.isFile) {
      if (TABLE.test(e.name)) add(e.fullPath, await new Promise<File>((yes, no) => (e as FileSystemFileEntry).file(yes, no)));
      return;
    }
    const reader = (e as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const list = await new Promise<FileSystemEntry[]>((yes, no) => reader.readEntries(yes, no));
      if (list.length === 0) return;
      for (const child of list) await visit(child);
    }
  };
  for (const [i, entry] of entries.entries()) {
    const handle = await handles[i];
    if (handle) await walk(handle, handle.name);
    else if (entry) await visit(entry);
  }
  found.sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
  return { files: found.map((f) => f.file), folders };
}
