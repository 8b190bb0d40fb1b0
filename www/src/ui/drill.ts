/** From a mark to the customers behind it: what every chart does, in a room, side by side or on the board. */
import { say } from "../i18n/index.ts";
import { isEngineError, session } from "../state/session.ts";
import { store, type Filters } from "../state/store.ts";
import type { Analysis, Chart, Filter } from "../types/engine.ts";
import { buyersOf, customersAt, customersOf, filterOf, hit, idsOf, type Hit } from "./behind.ts";
import type { Mark } from "./frame.ts";
import { stand, type Stand } from "./marks.ts";

let latest = 0;

/** Rooms whose customers are those with an order; the others look at rows. */
const BUYING = ["overview", "revenue", "product", "pareto", "explain_change"];

/** The chart a selection came from: two rooms may each have a “curve”. */
export const chartKey = (room: string, chart: Chart | null): string => `${room}/${chart?.id ?? ""}`;

/** Selects what a mark stands for. Answers the rows of the room's table it stands for, where it stands for any. */
export async function pursue(mark: Mark, chart: Chart, out: Analysis, room: string, filters: Filters, chosen?: Record<string, unknown>): Promise<number[] | null> {
  const meta = session.meta(room);
  if (!meta) return null;
  const { params, filter } = session.ask(room, filters, chosen);
  const found = stand({ room, out, chart, mark, params, filter }) ?? byColumns(out, chart, mark, meta.id, params, filter);
  if (!found) return null;
  const rows = found.rows ?? [];
  const ids = found.rows ? out.frame.columns["customer"] : null;
  const ticket = ++latest;
  const known = Array.isArray(ids) ? await idsOf(rows, ids) : null;
  if (ticket !== latest) return null;
  const work = known || !session.column("customer") ? null : (found.people?.() ?? null);
  const put = (customers: string[] | null, pending: boolean): void =>
    store.set({ selection: { label: found.label, customers, rows: customers ? customers.length : rows.length, room: say(meta.words.title), chart: chartKey(room, chart), marks: [`${mark.seriesIndex}:${mark.dataIndex}`], pending } });
  put(known, work !== null);
  if (work) void work.catch((error: unknown) => (isEngineError(error) && error.code === "no_rows" ? [] : null)).then((list) => {
    if (ticket === latest && store.state.selection) put(list, false);
  });
  return found.rows ?? null;
}

/** By the columns of the room's table that the chart names. */
function byColumns(out: Analysis, chart: Chart, mark: Mark, id: string, params: Record<string, unknown>, filter: Filter | null): Stand | null {
  const found: Hit | null = hit(out, chart, mark);
  // A mark that names no row, such as the bar of the total, stands for nobody in particular.
  if (!found || found.rows.length === 0) return null;
  const at = out.frame.columns["row"];
  const whole = (one: Filter): Filter => (filter ? { and: [filter, one] } : one);
  const leaf = at ? null : filterOf({ id }, params, out, found);
  const people = at ? () => customersAt(found.rows.map((i) => Number((at as ArrayLike<number>)[i])))
    : leaf ? () => (BUYING.includes(id) ? buyersOf(whole(leaf)) : customersOf(whole(leaf))) : undefined;
  return { label: found.label, rows: found.rows, ...(people ? { people } : {}) };
}
