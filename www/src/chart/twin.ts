/** The table behind a chart, read from its resolved option, so that both always show the same numbers. Pure. */

type Json = Record<string, unknown>;

export interface Twin {
  columns: string[];
  rows: (string | number | null)[][];
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : value ? [value as Json] : [];
}

function cell(value: unknown): string | number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (value === null || value === undefined || value === "-" || value === "") return null;
  if (typeof value === "object" && "value" in (value as Json)) return cell((value as Json)["value"]);
  if (Array.isArray(value)) return cell(value[value.length - 1]);
  return String(value);
}

function label(value: unknown): string {
  if (typeof value === "object" && value !== null && "value" in (value as Json)) return String((value as Json)["value"]);
  return String(value ?? "");
}

/** A mark's value. A step of a waterfall is drawn with another height than the figure it stands for. */
function valueOf(item: unknown): unknown {
  if (typeof item === "object" && item !== null && !Array.isArray(item) && "step" in (item as Json)) return (item as Json)["step"];
  return typeof item === "object" && item !== null && !Array.isArray(item) ? (item as Json)["value"] : item;
}

function nameOf(item: unknown): string | null {
  return typeof item === "object" && item !== null && !Array.isArray(item) && "name" in (item as Json) ? String((item as Json)["name"]) : null;
}

export function twin(option: Json): Twin {
  const series = list(option["series"]).filter((s) => s["silent"] !== true && s["$twin"] !== false && !(typeof s["name"] === "string" && s["name"].startsWith("_")));
  const x = list(option["xAxis"]);
  const y = list(option["yAxis"]);
  const category = [...x, ...y].find((a) => a["type"] === "category");
  const first = series[0];
  if (!first) return { columns: [], rows: [] };
  if (first["type"] === "heatmap") return matrix(series, x[0], y[0]);
  if (first["type"] === "sankey" || first["type"] === "graph") return flows(first);
  if (first["type"] === "treemap") return tree(first);
  const source = list(option["dataset"])[0]?.["source"];
  if (Array.isArray(source) && !first["data"]) return fromDataset(source, list(option["dataset"])[0]);
  if (category && Array.isArray(category["data"])) return byCategory(series, category, x.includes(category));
  if (category) return byName(series, String(category["name"] ?? ""));
  if (x.length > 0) return points(series, String(x[0]?.["name"] ?? "x"), String(y[0]?.["name"] ?? "y"), x[0]?.["type"] === "time");
  return byName(series, "");
}

function byCategory(series: Json[], axis: Json, horizontalAxis: boolean): Twin {
  const categories = (axis["data"] as unknown[]).map(label);
  const columns = [String(axis["name"] ?? ""), ...series.map((s, i) => String(s["name"] ?? (i === 0 ? "" : i + 1)))];
  const at = new Map(categories.map((c, i) => [c, i]));
  const rows: (string | number | null)[][] = categories.map((c) => [c, ...series.map(() => null)]);
  series.forEach((s, column) => {
    (Array.isArray(s["data"]) ? s["data"] : []).forEach((item: unknown, i: number) => {
      const value = valueOf(item);
      let row = i;
      let v = value;
      if (Array.isArray(value) && value.length >= 2) {
        const key = value[horizontalAxis ? 0 : 1];
        row = typeof key === "number" ? key : (at.get(String(key)) ?? i);
        v = s["type"] === "custom" || s["type"] === "boxplot" ? value[value.length - 1] : value[horizontalAxis ? 1 : 0];
      }
      const target = rows[row];
      if (target) target[column + 1] = cell(v);
    });
  });
  return { columns, rows };
}

function byName(series: Json[], head: string): Twin {
  const rows: (string | number | null)[][] = [];
  for (const s of series) {
    (Array.isArray(s["data"]) ? s["data"] : []).forEach((item: unknown, i: number) => {
      const value = valueOf(item);
      const name = nameOf(item) ?? (Array.isArray(value) ? label(value[0]) : String(i + 1));
      rows.push([name, cell(Array.isArray(value) ? value[value.length - 1] : value)]);
    });
  }
  return { columns: [head, String(series[0]?.["name"] ?? "")], rows };
}

function points(series: Json[], xName: string, yName: string, time: boolean): Twin {
  const rows: (string | number | null)[][] = [];
  for (const s of series) {
    (Array.isArray(s["data"]) ? s["data"] : []).forEach((item: unknown) => {
      const value = valueOf(item);
      if (!Array.isArray(value)) return;
      const first = time && typeof value[0] === "number" ? new Date(value[0]).toISOString().slice(0, 10) : cell(value[0]);
      rows.push([String(s["name"] ?? ""), first, cell(value[1]), ...(nameOf(item) !== null ? [nameOf(item)] : [])]);
    });
  }
  const several = new Set(rows.map((r) => r[0])).size > 1;
  return several ? { columns: ["", xName, yName], rows } : { columns: [xName, yName], rows: rows.map((r) => r.slice(1)) };
}

function matrix(series: Json[], x: Json | undefined, y: Json | undefined): Twin {
  const xs = (Array.isArray(x?.["data"]) ? (x["data"] as unknown[]) : []).map(label);
  const ys = (Array.isArray(y?.["data"]) ? (y["data"] as unknown[]) : []).map(label);
  const rows: (string | number | null)[][] = ys.map((name) => [name, ...xs.map(() => null)]);
  for (const s of series) {
    if (s["type"] !== "heatmap") continue;
    for (const item of Array.isArray(s["data"]) ? (s["data"] as unknown[]) : []) {
      const value = valueOf(item);
      if (!Array.isArray(value)) continue;
      const xi = typeof value[0] === "number" ? value[0] : xs.indexOf(String(value[0]));
      const yi = typeof value[1] === "number" ? value[1] : ys.indexOf(String(value[1]));
      const row = rows[yi];
      if (row && xi >= 0) row[xi + 1] = cell(value[2]);
    }
  }
  // A matrix reads from the top: the axis starts at the bottom unless it is inverted.
  if (y?.["inverse"] !== true) rows.reverse();
  return { columns: [String(y?.["name"] ?? ""), ...xs], rows };
}

function flows(series: Json): Twin {
  const links = list(series["links"] ?? series["edges"]);
  return { columns: ["from", "to", "value"], rows: links.map((l) => [String(l["source"]), String(l["target"]), cell(l["value"])]) };
}

function tree(series: Json): Twin {
  const rows: (string | number | null)[][] = [];
  const visit = (nodes: Json[], prefix: string): void => {
    for (const n of nodes) {
      const name = prefix ? `${prefix} / ${String(n["name"])}` : String(n["name"]);
      const children = list(n["children"]);
      if (children.length > 0) visit(children, name);
      else rows.push([name, cell(n["value"])]);
    }
  };
  visit(list(series["data"]), "");
  return { columns: [String(series["name"] ?? ""), ""], rows };
}

function fromDataset(source: unknown[], dataset: Json | undefined): Twin {
  const head = source[0];
  if (Array.isArray(head)) {
    const dims = dataset?.["dimensions"];
    if (Array.isArray(dims)) return { columns: dims.map(label), rows: (source as unknown[][]).map((r) => r.map(cell)) };
    return { columns: head.map(label), rows: (source.slice(1) as unknown[][]).map((r) => r.map(cell)) };
  }
  const columns = Object.keys((head as Json | undefined) ?? {});
  return { columns, rows: (source as Json[]).map((r) => columns.map((c) => cell(r[c]))) };
}

/** RFC 4180, with an apostrophe before cells that a spreadsheet would run as a formula. */
export function csv(table: Twin): string {
  const write = (v: string | number | null): string => {
    if (v === null) return "";
    if (typeof v === "number") return String(v);
    const safe = /^[=+\-@\t\r]/.test(v) ? `'${v}` : v;
    return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  return [table.columns, ...table.rows].map((r) => r.map(write).join(",")).join("\r\n") + "\r\n";
}
