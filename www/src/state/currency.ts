/** Which currency a file speaks of: the sign in its cells, else the unit in the name of its column. Nothing is converted. Pure. */
export const SIGNS = ["¥", "$", "€", "£"] as const;

const NAMED: readonly [RegExp, string][] = [
  [/人民币|(^|[^\p{L}])万?元($|[^\p{L}])|\b(cny|rmb)\b|_(cny|rmb)$|円|\bjpy\b/iu, "¥"],
  [/美元|美金|\busd\b|_usd$|\bdollars?\b|_dollars?$|^dollars?_|\$/iu, "$"],
  [/欧元|\beur\b|_eur$|\beuros?\b|€/iu, "€"],
  [/英镑|\bgbp\b|_gbp$|£/iu, "£"],
];

/** Signs of countries that share the dollar's are not ours to guess: `A$`, `HK$` name none here. */
function signIn(cell: string): string {
  if (/[¥￥]|元\s*$|\b(?:CNY|RMB)\b/.test(cell)) return "¥";
  if (/(?:^|[^A-Za-z])(?:US)?\$|\bUSD\b/.test(cell)) return "$";
  if (/€|\bEUR\b/.test(cell)) return "€";
  return /£|\bGBP\b/.test(cell) ? "£" : "";
}

/** The one sign that at least half of the cells bear and none contradicts; without any, the unit in the column's name. */
export function currencyOf(name: string, cells: readonly (string | null)[]): string {
  const written = cells.filter((c): c is string => c !== null && /\d/.test(c));
  const found = written.map(signIn).filter(Boolean);
  const [first] = found;
  if (first) return found.length * 2 >= written.length && found.every((s) => s === first) ? first : "";
  const named = NAMED.filter(([words]) => words.test(name));
  return named.length === 1 ? (named[0]?.[1] ?? "") : "";
}
