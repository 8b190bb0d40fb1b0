/** Lets messages in (a cancel, a progress that must go out, a click) between slices of work in one thread. */
export const breathe = (): Promise<void> => new Promise((go) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { port1.close(); go(); };
  port2.postMessage(0);
});
