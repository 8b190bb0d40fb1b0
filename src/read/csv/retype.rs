//! Another type for a column, from the text of its cells: the file is not read again.

use super::convert::Converter;
use super::decide;
use super::store::Store;
use crate::read::value::{self, Hints};
use crate::read::{ColumnPlan, Writing};
use crate::table::{Column, Type};

/// The column as `kind`. Cells that do not fit are missing and kept raw; every cell keeps its exact text.
pub fn retype(column: &Column, kind: Type, writing: &Writing) -> Column {
    const SAMPLE: usize = 10_000;
    let sample: Vec<String> =
        (0..column.len().min(SAMPLE)).map(|row| column.exact(row).into_owned()).filter(|t| !t.is_empty()).collect();
    let cells: Vec<&[u8]> = sample.iter().map(|t| t.as_bytes()).collect();
    let hints = Hints { writing: Some(writing), ..Hints::default() };
    let plan = ColumnPlan { given: true, ..value::plan::plan_as(kind, &cells, hints) };
    let mut store = Store::new(plan);
    let mut row = 0;
    // The same chunks as before, since all columns of a table share them.
    for chunk in &column.chunks {
        let mut converter = Converter::new(&store.plan);
        for _ in 0..chunk.len() {
            converter.add_one(column.exact(row).as_bytes());
            row += 1;
        }
        store.push(converter.finish());
    }
    decide::settled(&column.name, store)
}
