/** Our own icons: 16 px, 1.5 px stroke, drawn for this page. */
import { html, svg, type TemplateResult } from "lit";

const paths = {
  home: "M2.5 7.5 8 3l5.5 4.5M4 6.8V13h8V6.8",
  board: "M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3.5H9zM9 8.5h4.5v5H9zM2.5 11h4.5v2.5H2.5z",
  grid: "M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11M6.2 2.5v11M9.8 2.5v11",
  people: "M6 7.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM1.8 13.2c.3-2.4 1.9-3.7 4.2-3.7s3.9 1.3 4.2 3.7M10.6 3a2.2 2.2 0 0 1 0 4.1M11.8 9.8c1.4.5 2.2 1.7 2.4 3.4",
  stairs: "M2.5 2.5v11h11M5 4.5v6.5M5 6.5h3v4.5M8 8.5h3V11",
  leave: "M2.5 2.5v11h11M4.5 4c.6 4 3 6.6 8.5 7",
  cycle: "M12.8 6.2A5 5 0 0 0 3.6 5.6M3.2 9.8a5 5 0 0 0 9.2.6M3.3 2.8v2.9h2.9M12.7 13.2v-2.9H9.8",
  box: "M8 2.2 13.2 5v6L8 13.8 2.8 11V5zM2.8 5 8 7.8 13.2 5M8 7.8v6",
  basket: "M2.2 6.5h11.6l-1.2 6.3H3.4zM5 6.5 7 2.8M11 6.5 9 2.8",
  branch: "M8 13.5V8.5M8 8.5C8 6 4 6.5 4 3M8 8.5C8 6 12 6.5 12 3M2.6 4.4 4 3l1.4 1.4M10.6 4.4 12 3l1.4 1.4",
  path: "M3 13c0-4 3-3 5-5s1-4 5-4.5M11.2 2l2 1.5-1.6 2M3 13a1 1 0 1 0 0-.1",
  line: "M2.5 2.5v11h11M4.5 10 7 7l2.2 1.8L13 4.5",
  coin: "M8 13.7a5.7 5.7 0 1 0 0-11.4 5.7 5.7 0 0 0 0 11.4zM5.8 5 8 8l2.2-3M8 8v3.4M6.3 8.4h3.4M6.3 10h3.4",
  columns: "M2.5 2.5h11v11h-11zM6.2 2.5v11M9.8 2.5v11",
  list: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  dots: "M3.5 4.5h.01M6 11h.01M8 8h.01M10.5 5.5h.01M12 9.5h.01M2.5 2.5v11h11",
  scale: "M8 2.5v11M4.5 13.5h7M3 5h10M3 5 1.5 9h3zM13 5l-1.5 4h3z",
  flask: "M6.2 2.5v4L3 12.2c-.4.8 0 1.3.8 1.3h8.4c.8 0 1.2-.5.8-1.3L9.8 6.5v-4M5.2 2.5h5.6",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",
  shield: "M8 1.8 13 3.6v4.2c0 3-2 5.2-5 6.4-3-1.2-5-3.4-5-6.4V3.6zM5.8 8l1.6 1.6L10.4 6.4",
  globe: "M8 13.7a5.7 5.7 0 1 0 0-11.4 5.7 5.7 0 0 0 0 11.4zM2.4 8h11.2M8 2.3c2 1.8 2.6 3.6 2.6 5.7S10 11.900 8 13.700c-2-1.800-2.600-3.600-2.600-5.700S6 4.100 8 2.300z",
  moon: "M13 9.600A5.600 5.600 0 0 1 6.400 3 5.500 5.500 0 1 0 13 9.600z",
  sun: "M8 10.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600zM8 1.500v1.200M8 13.300v1.200M1.500 8h1.200M13.300 8h1.200M3.400 3.400l.9.9M11.700 11.700l.9.9M12.600 3.400l-.9.9M4.300 11.700l-.9.9",
  file: "M4 2.200h5l3 3v8.600H4zM9 2.200v3h3",
  folder: "M2 4h4l1.500 1.800H14V12.500H2z",
  sliders: "M2.500 5h5.500M11 5h2.500M2.500 11h2M7.500 11h6M9.500 3.500v3M6 9.500v3",
  fx: "M3 13.200c1.600.4 2.100-.6 2.400-2.200l1-5.400C6.700 4 7.300 3 8.800 3.300M4.400 6.800h3.600M9.400 9l3.800 4.400M13.200 9l-3.800 4.400",
  table: "M2.500 2.500h11v11h-11zM2.500 6h11M7 6v7.500",
  more: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  grip: "M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01",
  close: "M4 4l8 8M12 4l-8 8",
  down: "M4.500 6.500 8 10l3.500-3.500",
  right: "M6.500 4.500 10 8l-3.500 3.500",
  left: "M9.500 4.500 6 8l3.500 3.500",
  up: "M4.500 9.500 8 6l3.500 3.500",
  plus: "M8 3.500v9M3.500 8h9",
  check: "M3 8.500 6.500 12 13 4.500",
  warn: "M8 2.500 14 13H2zM8 6.500v3M8 11.300h.01",
  info: "M8 13.700a5.700 5.700 0 1 0 0-11.400 5.700 5.700 0 0 0 0 11.400zM8 7.300v3.500M8 5.200h.01",
  undo: "M3 6.500h6.500a3.500 3.500 0 0 1 0 7H7M5.500 4 3 6.500 5.500 9",
  redo: "M13 6.500H6.500a3.500 3.500 0 0 0 0 7H9M10.500 4 13 6.500 10.500 9",
  sort: "M5 3v10M2.800 10.800 5 13l2.200-2.200M9.500 4h4M9.500 8h3M9.500 12h2",
  history: "M3.200 5.300A5.500 5.500 0 1 1 2.500 8M2.800 2.600v2.900h2.900M8 5v3.300l2.200 1.400",
  compare: "M5 13V3M2.800 5.200 5 3l2.200 2.200M11 3v10M8.800 10.800 11 13l2.200-2.200",
  bookmark: "M4.500 2.500h7v11L8 10.800l-3.500 2.700z",
  filter: "M2.200 3h11.600L9.500 8.300V13l-3-1.500V8.300z",
  menu: "M2.500 4.500h11M2.500 8h11M2.500 11.500h11",
  download: "M8 2.500v7.500M4.800 7 8 10.200 11.200 7M2.500 13.500h11",
  pin: "M6 2.500h4l-.5 4 2.500 2.500H4l2.500-2.500zM8 9v4.500",
  full: "M2.500 6V2.500H6M10 2.500h3.500V6M13.500 10v3.500H10M6 13.500H2.500V10",
  copy: "M5.500 5.500h8v8h-8zM5.500 10.500h-3v-8h8v3",
  report: "M3.500 2.200h9v11.600h-9zM6 11V8M8 11V5.500M10 11V9.500",
  star: "M8 2.500l1.700 3.500 3.800.5-2.800 2.700.7 3.800L8 11.200l-3.400 1.800.7-3.800L2.500 6.500l3.800-.5z",
  print: "M4.500 6V2.500h7V6M4.500 11.500h-2V6h11v5.500h-2M4.500 9.500h7v4h-7z",
  present: "M2.500 3h11v7.500h-11zM8 10.500v3M5.500 13.500h5",
  gear: "M8 10.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400zM8 2v2M8 12v2M2 8h2M12 8h2M3.800 3.800l1.400 1.400M10.800 10.800l1.400 1.400M12.200 3.800l-1.400 1.400M5.200 10.800l-1.400 1.400",
  trash: "M3 4.500h10M6 4.500v-2h4v2M4.500 4.500l.6 9h5.800l.6-9",
  link: "M6.800 9.200a2.600 2.600 0 0 0 3.700 0l2-2a2.600 2.600 0 0 0-3.700-3.700l-.8.800M9.200 6.800a2.600 2.600 0 0 0-3.700 0l-2 2a2.600 2.600 0 0 0 3.700 3.700l.8-.800",
  note: "M3 2.500h10v7L9.500 13.500H3zM9.500 13.500v-4H13M5.500 5.500h5M5.500 8h3",
  clipboard: "M4 3.500h8v10H4zM6 2.200h4v2.300H6zM6 7.500h4M6 10h4",
} as const;

export type Icon = keyof typeof paths;

export function icon(name: Icon): TemplateResult {
  return html`<svg class="i" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${svg`<path d=${paths[name]}></path>`}</svg>`;
}

/** The mark: an eye whose pupil is a bar chart. */
export function mark(): TemplateResult {
  return html`<svg class="logo" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path class="lid" d="M1.500 10C4 6 6.700 4 10 4s6 2 8.500 6c-2.500 4-5.200 6-8.500 6s-6-2-8.500-6z"></path>
    <path class="bars" d="M7.200 12.300V10M10 12.300V7.500M12.800 12.300V9"></path>
  </svg>`;
}

/** The icon of a room. Rooms that come later get the icon of their question. */
const rooms: Record<string, Icon> = {
  overview: "home", rfm: "grid", segment: "dots", cohort: "stairs", churn: "leave", lifecycle: "cycle", survival: "leave", product: "box", basket: "basket",
  pareto: "stairs", revenue: "line", attribution: "path", forecast: "line", clv: "coin", describe: "columns", correlate: "dots", regress: "line", compare: "scale",
  classify: "branch", explain_change: "scale", recommend: "star", trend: "line", anomaly: "warn", elasticity: "scale", funnel: "filter", path: "path", session: "list",
};
const questions: Record<string, Icon> = {
  overview: "home", who_are_my_customers: "people", will_they_stay: "cycle", what_do_they_buy: "box", where_do_they_come_from: "branch",
  what_comes_next: "line", can_i_trust_this_data: "flask",
};

export function roomIcon(id: string, question: string): Icon {
  return rooms[id] ?? questions[question] ?? "list";
}
