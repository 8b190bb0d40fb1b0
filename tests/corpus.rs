//! Files nobody here wrote: how many load as a person would expect. The floors only go up.

#[path = "corpus/arrow.rs"]
mod arrow;
#[path = "corpus/files.rs"]
mod files;
#[path = "corpus/pollock.rs"]
mod pollock;
