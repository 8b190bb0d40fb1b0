// Where requests go. The workers are stand-ins that the test speaks for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WorkerExecutor, type Loader } from "../../www/src/engine/executor.ts";
import type { Answer, Glue } from "../../www/src/engine/glue.ts";

class StandIn {
  ended = false;
  readonly sent: { kind: string; id?: number }[] = [];
  onmessage: (event: { data: unknown }) => void = () => {};
  onerror: unknown;
  postMessage(message: { kind: string; id?: number }): void { this.sent.push(message); }
  terminate(): void { this.ended = true; }
  answer(answer: unknown): void { this.onmessage({ data: { kind: "answer", id: this.sent.at(-1)?.id, answer } }); }
}

test("an engine that rests gives its memory back, but not while something is asked of it", async () => {
  const started: StandIn[] = [];
  const loader = { worker: () => { started.push(new StandIn()); return started.at(-1); } } as unknown as Loader;
  const executor = new WorkerExecutor(loader, {} as Glue, {} as WebAssembly.Module, 2);
  const ask = (): Promise<Answer> => executor.call({ op: "job", job: { op: "count" } });

  const first = ask();
  executor.rest();
  assert.equal(started[0]?.ended, false, "an answer is awaited");
  started[0]?.answer({ value: 1 });
  assert.deepEqual(await first, { value: 1 });

  started[0]?.onmessage({ data: { kind: "want_readers" } });
  assert.equal(started.length, 3);
  executor.rest();
  assert.deepEqual(started.map((w) => w.ended), [true, true, true], "the engine and its readers");

  const second = ask();
  assert.equal(started.length, 4, "the next question starts a new one");
  started[3]?.answer({ value: 2 });
  assert.deepEqual(await second, { value: 2 });
  executor.close();
});
