// The page's entry.
import { open } from "./engine/page.js";

Object.assign(globalThis, { kelan: { open } });
