/**
 * Pinyin initials of Chinese text, so that “lcq” finds 留存群. The platform sorts Han characters by pinyin in its zh locale:
 * the first letter is found by comparing with the first common character of each letter. No dictionary is shipped.
 */
const FIRST = "阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨它穵夕丫帀";
const LETTERS = "abcdefghjklmnopqrstwxyz";

let collator: Intl.Collator | null = null;
const seen = new Map<string, string>();

export function initials(text: string): string {
  let out = "";
  for (const c of text) {
    if (!/[\u4e00-\u9fff]/.test(c)) continue;
    let letter = seen.get(c);
    if (letter === undefined) {
      collator ??= new Intl.Collator("zh-CN-u-co-pinyin");
      let at = 0;
      for (let i = 0; i < FIRST.length; i += 1) if (collator.compare(c, FIRST[i] ?? "") >= 0) at = i;
      letter = LETTERS[at] ?? "";
      seen.set(c, letter);
    }
    out += letter;
  }
  return out;
}
