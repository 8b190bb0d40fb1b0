//! Records and cells: cut, typed and stored part by part, then joined to a table.
//!
//! A file is cut in slices at any byte. A worker parses the records that begin in its slice and guesses where the first one
//! begins; the builder checks the guess. So any cutting and any number of workers give the same table.

mod build;
mod convert;
mod decide;
mod dict;
mod parse;
mod part;
pub mod record;
mod retype;
mod scan;
mod store;
mod word;

pub use build::{Again, Builder, Outcome};
pub use parse::{Begin, MAX_RECORD, Parser};
pub use part::Part;
pub use retype::retype;

use super::{ColumnPlan, Dialect};
use crate::error::Result;

/// Reads a whole file (UTF-8, behind the mark of encoding) in this thread, in slices of so many bytes.
pub fn read(bytes: &[u8], dialect: &Dialect, plans: &[ColumnPlan], name: &str, slice: usize) -> Result<Outcome> {
    let end = dialect.stop.map_or(bytes.len(), |stop| bytes.len().min(stop as usize));
    let (whole, bytes) = (bytes.len(), &bytes[..end]);
    let parser = Parser::new(dialect, plans);
    let mut builder = Builder::new(dialect, plans);
    let mut at = dialect.start as usize;
    let mut begin = dialect.start;
    while at < bytes.len() {
        let end = (at + slice.max(1)).min(bytes.len());
        // A record of the slice before may reach beyond this one.
        if begin < end as u64 {
            let begin_at = Begin::At(begin.max(at as u64));
            let part = parser.parse(bytes.get(at..).unwrap_or_default(), [at as u64, end as u64], begin_at, true)?;
            begin = part.next;
            builder.push(part)?;
        } else {
            builder.push(Part { slice: [at as u64, end as u64], ..Part::default() })?;
        }
        at = end;
    }
    builder.finish(name, whole as u64)
}

#[cfg(test)]
mod tests;
