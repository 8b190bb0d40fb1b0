// Generated from the Rust structs by tools/types.mjs (`make types`). Not edited by hand.

/** What each analysis takes and gives. */
export interface AnalysisMap {
}
