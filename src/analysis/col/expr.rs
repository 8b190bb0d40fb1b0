//! Formulas over columns: `ln(price * 1.13) / (qty + 1)`.

use crate::error::{Code, Error, Result};

/// A parsed formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Number(f64),
    Name(String),
    Negate(Box<Expr>),
    Binary(char, Box<Expr>, Box<Expr>),
    Call(Function, Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Ln,
    Log1p,
    Abs,
    Sqrt,
    Round,
}

impl Function {
    const ALL: [(&'static str, Function); 5] = [
        ("ln", Function::Ln),
        ("log1p", Function::Log1p),
        ("abs", Function::Abs),
        ("sqrt", Function::Sqrt),
        ("round", Function::Round),
    ];
    fn apply(self, x: f64) -> f64 {
        match self {
            Function::Ln => x.ln(),
            Function::Log1p => x.ln_1p(),
            Function::Abs => x.abs(),
            Function::Sqrt => x.sqrt(),
            Function::Round => x.round(),
        }
    }
}

/// Formulas nest no deeper: each level takes stack.
const DEPTH: usize = 100;

impl Expr {
    /// Errors are `bad_param` and say at which character (from 1).
    pub fn parse(text: &str) -> Result<Self> {
        let mut parser = Parser { text, chars: text.chars().collect(), at: 0, depth: 0 };
        let expr = parser.sum()?;
        parser.blanks();
        match parser.peek() {
            None => Ok(expr),
            Some(c) => Err(parser.error(format!("“{c}” was not expected"), format!("此处不应有「{c}」"))),
        }
    }

    /// The names in it, in order of appearance, each once.
    pub fn names(&self) -> Vec<&str> {
        fn walk<'a>(e: &'a Expr, out: &mut Vec<&'a str>) {
            match e {
                Expr::Number(_) => {}
                Expr::Name(n) => {
                    if !out.contains(&n.as_str()) {
                        out.push(n);
                    }
                }
                Expr::Negate(a) | Expr::Call(_, a) => walk(a, out),
                Expr::Binary(_, a, b) => {
                    walk(a, out);
                    walk(b, out);
                }
            }
        }
        let mut out = Vec::new();
        walk(self, &mut out);
        out
    }

    /// Value in one row; `column(name, row)` gives the columns' values. NaN where it does not exist.
    pub fn at(&self, row: usize, column: &impl Fn(&str, usize) -> f64) -> f64 {
        match self {
            Expr::Number(v) => *v,
            Expr::Name(n) => column(n, row),
            Expr::Negate(a) => -a.at(row, column),
            Expr::Call(f, a) => f.apply(a.at(row, column)),
            Expr::Binary(op, a, b) => binary(*op, a.at(row, column), b.at(row, column)),
        }
    }

    /// Values of `n` rows; `column` gives each named column whole. Values that are no number (1/0, ln of 0) are NaN.
    pub fn values(&self, n: usize, column: &impl Fn(&str) -> Vec<f64>) -> Vec<f64> {
        let mut out = self.raw(n, column);
        out.iter_mut().filter(|v| !v.is_finite()).for_each(|v| *v = f64::NAN);
        out
    }

    fn raw(&self, n: usize, column: &impl Fn(&str) -> Vec<f64>) -> Vec<f64> {
        match self {
            Expr::Number(v) => vec![*v; n],
            Expr::Name(name) => column(name),
            Expr::Negate(a) => a.raw(n, column).into_iter().map(|v| -v).collect(),
            Expr::Call(f, a) => a.raw(n, column).into_iter().map(|v| f.apply(v)).collect(),
            Expr::Binary(op, a, b) => {
                let (a, b) = (a.raw(n, column), b.raw(n, column));
                a.into_iter().zip(b).map(|(x, y)| binary(*op, x, y)).collect()
            }
        }
    }
}

fn binary(op: char, x: f64, y: f64) -> f64 {
    match op {
        '+' => x + y,
        '-' => x - y,
        '*' => x * y,
        _ => x / y,
    }
}

struct Parser<'a> {
    text: &'a str,
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn error(&self, en: String, zh: String) -> Error {
        let (text, at) = (self.text, self.at + 1);
        Error::new(
            Code::BadParam,
            format!("the formula “{text}” cannot be read at character {at}: {en}"),
            format!("公式「{text}」第 {at} 个字符处无法识别：{zh}"),
        )
        .remedy(
            "Allowed: + - * / ( ), ln log1p abs sqrt round, numbers, column names, `names with spaces` in backticks.",
            "可用：+ - * / ( )，ln log1p abs sqrt round，数字，列名；含空格的列名用反引号括起。",
        )
    }
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }
    fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }
    fn operator(&mut self, allowed: &[char]) -> Option<char> {
        self.blanks();
        let c = match self.peek()? {
            '×' | '＊' => '*',
            '÷' | '／' => '/',
            '−' | '－' => '-',
            '＋' => '+',
            c => c,
        };
        allowed.contains(&c).then(|| {
            self.at += 1;
            c
        })
    }
    fn sum(&mut self) -> Result<Expr> {
        let mut left = self.product()?;
        while let Some(op) = self.operator(&['+', '-']) {
            left = Expr::Binary(op, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }
    fn product(&mut self) -> Result<Expr> {
        let mut left = self.factor()?;
        while let Some(op) = self.operator(&['*', '/']) {
            left = Expr::Binary(op, Box::new(left), Box::new(self.factor()?));
        }
        Ok(left)
    }
    fn factor(&mut self) -> Result<Expr> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.error("it is nested too deeply".into(), "嵌套过深".into()));
        }
        let out = self.atom();
        self.depth -= 1;
        out
    }
    fn atom(&mut self) -> Result<Expr> {
        self.blanks();
        match self.peek() {
            None => Err(self.error("a number or a name is missing".into(), "缺少数字或列名".into())),
            Some('-' | '−') => {
                self.at += 1;
                Ok(Expr::Negate(Box::new(self.factor()?)))
            }
            Some('+') => {
                self.at += 1;
                self.factor()
            }
            Some('(' | '（') => self.bracket(),
            Some('`') => {
                let start = self.at + 1;
                let Some(length) = self.chars[start..].iter().position(|c| *c == '`') else {
                    return Err(self.error("the closing backtick is missing".into(), "缺少结尾的反引号".into()));
                };
                self.at = start + length + 1;
                Ok(Expr::Name(self.chars[start..start + length].iter().collect()))
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_alphabetic() || c == '_' => self.name(),
            Some(c) => Err(self.error(format!("“{c}” was not expected"), format!("此处不应有「{c}」"))),
        }
    }
    fn bracket(&mut self) -> Result<Expr> {
        self.at += 1;
        let inner = self.sum()?;
        self.blanks();
        if !matches!(self.peek(), Some(')' | '）')) {
            return Err(self.error("a closing bracket is missing".into(), "缺少右括号".into()));
        }
        self.at += 1;
        Ok(inner)
    }
    fn number(&mut self) -> Result<Expr> {
        let start = self.at;
        while let Some(c) = self.peek() {
            let exponent_sign =
                matches!(c, '+' | '-') && matches!(self.chars.get(self.at.wrapping_sub(1)), Some('e' | 'E'));
            if !(c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E') || exponent_sign) {
                break;
            }
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().collect();
        match text.parse::<f64>() {
            Ok(v) if v.is_finite() => Ok(Expr::Number(v)),
            _ => {
                self.at = start;
                Err(self.error(format!("“{text}” is not a number"), format!("「{text}」不是数字")))
            }
        }
    }
    fn name(&mut self) -> Result<Expr> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.') {
            self.at += 1;
        }
        let name: String = self.chars[start..self.at].iter().collect();
        let end = self.at;
        self.blanks();
        if !matches!(self.peek(), Some('(' | '（')) {
            self.at = end;
            return Ok(Expr::Name(name));
        }
        match Function::ALL.iter().find(|f| f.0 == name) {
            Some(f) => Ok(Expr::Call(f.1, Box::new(self.bracket()?))),
            None => {
                self.at = start;
                Err(self.error(format!("there is no function “{name}”"), format!("没有函数「{name}」")))
            }
        }
    }
}
