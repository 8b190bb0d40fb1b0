//! Texts of a few rows.

/// Ascending rows and their texts, in one buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sparse {
    rows: Vec<u32>,
    ends: Vec<u32>,
    text: String,
}

impl Sparse {
    /// Rows must ascend.
    pub fn push(&mut self, row: u32, text: &str) {
        self.rows.push(row);
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    pub fn get(&self, row: usize) -> Option<&str> {
        self.rows.binary_search(&u32::try_from(row).ok()?).ok().map(|i| self.at(i).1)
    }
    fn at(&self, i: usize) -> (u32, &str) {
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        (self.rows[i], &self.text[start..self.ends[i] as usize])
    }
    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        (0..self.len()).map(|i| self.at(i))
    }
}
