//! Records and cells: cut, typed and stored part by part, then joined to a table.

pub mod record;
