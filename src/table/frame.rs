//! A frame: the table an analysis returns, one row per customer, product or period. It crosses the border as typed arrays.

use std::rc::Rc;

/// One column of a frame. Missing numbers are NaN and counted at the border; missing text is `None`.
#[derive(Clone, Debug, PartialEq)]
pub enum Series {
    Number(Vec<f64>),
    Integer(Vec<i32>),
    /// Small codes or scores, 0–255.
    Small(Vec<u8>),
    Text(Vec<Option<String>>),
    /// Text of which none is missing.
    Names(Rc<Names>),
    /// Codes into labels; `u32::MAX` is missing. Crosses the border as text; kept coded here because a million rows share few labels.
    Coded(Vec<u32>, Vec<String>),
    /// Days since 1970-01-01, `i32::MIN` missing. Crosses the border as ISO text.
    Date(Vec<i32>),
}

impl Series {
    pub fn len(&self) -> usize {
        match self {
            Series::Number(v) => v.len(),
            Series::Integer(v) => v.len(),
            Series::Small(v) => v.len(),
            Series::Text(v) => v.len(),
            Series::Names(v) => v.len(),
            Series::Coded(v, _) => v.len(),
            Series::Date(v) => v.len(),
        }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Texts end to end: a million ids are not a million allocations.
#[derive(Clone, Debug, PartialEq)]
pub struct Names {
    bytes: String,
    /// Where each begins, and the end.
    offsets: Vec<u32>,
}

impl Names {
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.offsets.windows(2).map(|w| &self.bytes[w[0] as usize..w[1] as usize])
    }
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_bytes()
    }
    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }
}

impl<T: AsRef<str>> FromIterator<T> for Names {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut names = Names { bytes: String::new(), offsets: vec![0] };
        for text in texts {
            names.bytes.push_str(text.as_ref());
            names.offsets.push(names.bytes.len() as u32);
        }
        names
    }
}

/// Named series of equal length, in the order of the contract.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    pub columns: Vec<(String, Series)>,
}

impl Frame {
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |c| c.1.len())
    }
    pub fn with(mut self, name: &str, series: Series) -> Self {
        self.columns.push((name.to_string(), series));
        self
    }
    pub fn get(&self, name: &str) -> Option<&Series> {
        self.columns.iter().find(|c| c.0 == name).map(|c| &c.1)
    }
}
