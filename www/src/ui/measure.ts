/** How wide a text is before it stands on the page: columns get their width at once, and nothing is moved when more rows come. */
import { style } from "../state/store.ts";
import { FONTS } from "../style/palette.ts";

let pen: CanvasRenderingContext2D | null = null;
let face = "";
let [size, looked] = [1, -1000];

/** How much larger than usual the reader has set the text. */
function scale(): number {
  const now = performance.now();
  if (now - looked > 500) {
    looked = now;
    size = Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1);
  }
  return size;
}

/** Small text in the page's own face, in px. */
export function textWidth(text: string): number {
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return text.length * 8;
  const wanted = `500 13px ${FONTS[style().locale]}`;
  if (face !== wanted) pen.font = face = wanted;
  return Math.ceil(pen.measureText(text.slice(0, 80)).width * scale());
}
