// The dashboard inside somebody else's page: the same element; the embedding package says where its engine is.
import type { Open } from "../engine/open.js";
import { session } from "../state/session.ts";
import { store } from "../state/store.ts";
import "./dashboard.ts";

export const use = (open: Open): void => session.use(() => open({ locale: store.state.locale }));
