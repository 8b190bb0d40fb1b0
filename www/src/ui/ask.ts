/** One question before something is lost: the dialog shows it, the promise says what was chosen. */
import { t } from "../i18n/index.ts";
import { store } from "../state/store.ts";
import type { Table } from "../types/engine.ts";

export interface Question {
  title: string;
  text: string;
  yes: string;
}

let open: { question: Question; answer: (yes: boolean) => void } | null = null;

export function ask(question: Question): Promise<boolean> {
  open?.answer(false);
  return new Promise((done) => {
    open = { question, answer: done };
    store.set({ dialog: "confirm" });
  });
}

export const asking = (): Question | null => open?.question ?? null;

/** Closing the dialog in any other way is a no. */
export function answer(yes: boolean): void {
  const was = open;
  open = null;
  if (store.state.dialog === "confirm") store.set({ dialog: null });
  was?.answer(yes);
}

/** A new step takes the place of those that were undone: asked before they are gone. */
export async function mayLose(table: Table): Promise<boolean> {
  return table.redoSteps === 0 || ask({ title: t("warn.redoTitle", { n: table.redoSteps }), text: t("warn.redoText"), yes: t("warn.goOn") });
}
