// The independent tasks of an analysis (starts, folds, bootstraps), done by several workers. Answers are joined by their place, and the
// first failure in that order counts, so that the outcome is the same for any number of workers.
import { cancelled } from "./error.js";
import type { Batch } from "./glue.js";

/** A worker that does tasks. */
export interface Runner {
  /** Tells what the tasks of a batch share, and whether they may be those of a further room. */
  open(batch: Batch, rooms: boolean): Promise<void>;
  run(batch: number, task: Float64Array<ArrayBuffer>): Promise<Float64Array<ArrayBuffer>>;
  /** The batch is over. */
  close(batch: number): void;
}

export async function runBatch(batch: Batch, runners: readonly Runner[], rooms: boolean, stop: () => boolean): Promise<Float64Array<ArrayBuffer>[]> {
  const answers: Float64Array<ArrayBuffer>[] = [];
  let handedOut = 0, failedAt = Infinity, failure: unknown;
  const fail = (at: number, error: unknown): void => { if (at < failedAt) { failedAt = at; failure = error; } };
  const work = async (runner: Runner): Promise<void> => {
    try {
      await runner.open(batch, rooms);
      while (failedAt === Infinity && !stop()) {
        const at = handedOut++, task = batch.tasks[at];
        if (!task) break;
        // Tasks before a failed one were all handed out before it, and are waited for.
        await runner.run(batch.id, task).then((answer) => { answers[at] = answer; }, (error: unknown) => fail(at, error));
      }
    } catch (error) {
      fail(-1, error);
    } finally {
      runner.close(batch.id);
    }
  };
  await Promise.all(runners.map(work));
  if (stop()) throw cancelled();
  if (failedAt !== Infinity) throw failure;
  return answers;
}
