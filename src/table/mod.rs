//! Columns are Apache Arrow arrays, in chunks. A filter is a bitmap. We invent no column format.

mod access;
#[cfg(feature = "arrow")]
mod arrow_in;
#[cfg(feature = "arrow")]
mod arrow_out;
mod column;
mod csv_out;
pub mod decimal;
mod distinct;
pub mod filter;
mod format;
mod frame;
mod pack;
pub mod shop;
mod sparse;

#[cfg(feature = "arrow")]
pub use arrow_in::from_arrow;
#[cfg(feature = "arrow")]
pub use arrow_out::to_arrow;
pub use column::{Category, Cells, Column, Fixed, MISSING_DAY, Type, print_timestamp};
pub use csv_out::to_csv;
pub use format::{DatePart, Format, NumberFormat, print_date};
pub use frame::{Frame, Names, Series};
pub use pack::{pack, unpack};
pub use sparse::Sparse;

use crate::error::{Error, Result};

/// A bitmap over rows: set = kept.
pub type Mask = arrow_buffer::BooleanBuffer;

/// Equally long columns. `chunk_ends` are the row numbers at which the columns' chunks end: the same for every column.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub rows: usize,
}

impl Table {
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }

    pub fn column(&self, name: &str) -> Result<&Column> {
        match self.position(name) {
            Some(i) => Ok(&self.columns[i]),
            None => {
                let names: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
                Err(Error::unknown_column(name, &names))
            }
        }
    }

    /// A table from cells as text, for tests and small derived tables. `None` is missing.
    pub fn from_cells(columns: Vec<(&str, Cells)>) -> Self {
        let columns: Vec<Column> = columns.into_iter().map(|(name, cells)| Column::from_cells(name, cells)).collect();
        let rows = columns.first().map_or(0, Column::len);
        debug_assert!(columns.iter().all(|c| c.len() == rows));
        Self { name: String::new(), columns, rows }
    }
}
