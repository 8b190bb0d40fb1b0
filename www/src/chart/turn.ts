/** Charts take turns: one per task of the page's thread, so that the page answers between two of them. */

type Turn = (mine: boolean) => void;

const waiting = new Map<object, Turn>();
let going = false;

function next(): void {
  const [first] = waiting;
  if (!first) {
    going = false;
    return;
  }
  const [who, take] = first;
  waiting.delete(who);
  // What is drawn runs as the promise's reaction, in this very task; the next one is a task of its own.
  take(true);
  setTimeout(next);
}

/** Resolves when it is one's turn; to false where the same one has asked again since, which then is drawn in its place. */
export function inTurn(who: object): Promise<boolean> {
  return new Promise((take) => {
    waiting.get(who)?.(false);
    waiting.set(who, take);
    if (going) return;
    going = true;
    setTimeout(next);
  });
}
