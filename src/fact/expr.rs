//! Rule-built segments: `monetary > 1000 and recency_days < 30 and channel = "app"`.
//!
//! ```text
//! rule  := all { "or" all }          all := one { "and" one }          one := "not" one | test
//! test  := "(" rule ")" | sum ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) sum
//!        | name [ "not" ] "in" "(" value, … ")" | name "between" value "and" value | name "is" [ "not" ] "missing"
//! sum   := term { ("+" | "-") term } term := unit { ("*" | "/") unit }  unit := number | "text" | name | `name` | "(" sum ")" | "-" unit
//! ```
//!
//! A name is a column, else a role, else a customer fact. Missing values pass no comparison.

use arrow_buffer::BooleanBuffer;

use super::Refunds;
use super::select::{Scope, bad, role_column};
use crate::error::{Code, Error, Result};
use crate::role::Role;
use crate::table::filter::{Scalar, Test, matches};
use crate::table::{Column, Mask};

/// The customer facts an expression may name.
pub const FACTS: [&str; 6] =
    ["recency_days", "frequency", "monetary", "average_order_value", "tenure_days", "gap_days"];

/// Nesting beyond this is refused, so that a hostile text cannot exhaust the stack.
const MAX_DEPTH: usize = 64;

/// The rows for which the expression holds.
pub fn mask(text: &str, scope: &Scope<'_>) -> Result<Mask> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, at: 0, depth: 0, scope, text };
    let out = parser.rule()?;
    match parser.peek() {
        None => Ok(out),
        Some(_) => Err(parser.expected("`and`, `or` or the end", "`and`、`or` 或结尾")),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Text(String),
    Name(String),
    Word(&'static str),
    Sign(&'static str),
}

const SIGNS: [&str; 15] = ["<=", ">=", "!=", "<>", "==", "<", ">", "=", "(", ")", ",", "+", "-", "*", "/"];
const WORDS: [&str; 7] = ["and", "or", "not", "in", "between", "is", "missing"];

/// Tokens with their place, counted in characters from 1.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        let place = i + 1;
        if c.is_whitespace() {
            i += 1;
        } else if matches!(c, '"' | '\'' | '`' | '“' | '「') {
            let close = match c {
                '“' => '”',
                '「' => '」',
                other => other,
            };
            let end = chars[i + 1..].iter().position(|x| *x == close).ok_or_else(|| {
                fault(text, place, format!("{close} is missing for the one"), format!("缺少与之对应的 {close}"))
            })?;
            let inner: String = chars[i + 1..i + 1 + end].iter().collect();
            out.push((place, if c == '`' { Token::Name(inner) } else { Token::Text(inner) }));
            i += end + 2;
        } else if c.is_ascii_digit() || (c == '.' && chars.get(i + 1).is_some_and(char::is_ascii_digit)) {
            let end = chars[i..].iter().position(|x| !x.is_ascii_digit() && *x != '.').map_or(chars.len(), |n| i + n);
            let number: String = chars[i..end].iter().collect();
            let value = number.parse().map_err(|_| {
                fault(text, place, format!("“{number}” is not a number"), format!("「{number}」不是数字"))
            })?;
            out.push((place, Token::Number(value)));
            i = end;
        } else if let Some(sign) = SIGNS.iter().find(|s| s.chars().eq(chars[i..].iter().copied().take(s.len()))) {
            out.push((place, Token::Sign(sign)));
            i += sign.len();
        } else if c.is_alphanumeric() || c == '_' {
            let part = |x: &char| x.is_alphanumeric() || matches!(*x, '_' | '.');
            let end = chars[i..].iter().position(|x| !part(x)).map_or(chars.len(), |n| i + n);
            let name: String = chars[i..end].iter().collect();
            let word = WORDS.iter().find(|w| name.eq_ignore_ascii_case(w));
            out.push((place, word.map_or(Token::Name(name), |w| Token::Word(w))));
            i = end;
        } else {
            return Err(fault(text, place, format!("“{c}” is not understood"), format!("无法识别「{c}」")));
        }
    }
    Ok(out)
}

fn fault(text: &str, place: usize, en: String, zh: String) -> Error {
    let near: String = text.chars().skip(place.saturating_sub(1)).take(12).collect();
    bad(format!("{en} at character {place} (“{near}”)"), format!("第 {place} 个字符（「{near}」）处：{zh}"))
        .remedy("Example: monetary > 1000 and channel = \"app\".", "示例：monetary > 1000 and channel = \"app\"。")
}

/// One side of a comparison.
enum Value<'a> {
    Column(&'a Column),
    Numbers(Vec<f64>),
    Constant(Scalar),
}

struct Parser<'a, 'b> {
    tokens: Vec<(usize, Token)>,
    at: usize,
    depth: usize,
    scope: &'b Scope<'a>,
    text: &'b str,
}

impl<'a> Parser<'a, '_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|t| &t.1)
    }

    fn take(&mut self, token: &Token) -> bool {
        let hit = self.peek() == Some(token);
        self.at += usize::from(hit);
        hit
    }

    fn expected(&self, en: &str, zh: &str) -> Error {
        match self.tokens.get(self.at) {
            Some((place, _)) => fault(self.text, *place, format!("expected {en}"), format!("此处应为{zh}")),
            None => bad(format!("expected {en} at the end of the rule"), format!("规则结尾处应有{zh}")).remedy(
                "Example: monetary > 1000 and channel = \"app\".",
                "示例：monetary > 1000 and channel = \"app\"。",
            ),
        }
    }

    fn close(&mut self) -> Result<()> {
        if self.take(&Token::Sign(")")) { Ok(()) } else { Err(self.expected("“)”", "「)」")) }
    }

    fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == MAX_DEPTH {
            return Err(self.expected("fewer brackets", "更少的括号层数"));
        }
        self.depth += 1;
        let out = f(self);
        self.depth -= 1;
        out
    }

    fn rule(&mut self) -> Result<Mask> {
        let mut out = self.all()?;
        while self.take(&Token::Word("or")) {
            out = &out | &self.all()?;
        }
        Ok(out)
    }

    fn all(&mut self) -> Result<Mask> {
        let mut out = self.one()?;
        while self.take(&Token::Word("and")) {
            out = &out & &self.one()?;
        }
        Ok(out)
    }

    fn one(&mut self) -> Result<Mask> {
        if self.take(&Token::Word("not")) {
            return self.deeper(|p| Ok(!&p.one()?));
        }
        // A bracket opens a rule or a sum: try the rule, fall back to the sum.
        if self.peek() == Some(&Token::Sign("(")) && self.depth < MAX_DEPTH && self.bracket_is_rule() {
            self.at += 1;
            let inner = self.deeper(Self::rule)?;
            self.close()?;
            return Ok(inner);
        }
        self.test()
    }

    /// Whether the bracket here holds a comparison at its own level or deeper, before it closes.
    fn bracket_is_rule(&self) -> bool {
        let mut open = 0usize;
        for (_, token) in &self.tokens[self.at..] {
            match token {
                Token::Sign("(") => open += 1,
                Token::Sign(")") => {
                    open -= 1;
                    if open == 0 {
                        return false;
                    }
                }
                Token::Sign("<=" | ">=" | "!=" | "<>" | "==" | "<" | ">" | "=") | Token::Word(_) => return true,
                _ => {}
            }
        }
        true
    }

    fn test(&mut self) -> Result<Mask> {
        let left = self.sum()?;
        if self.take(&Token::Word("is")) {
            let present = self.take(&Token::Word("not"));
            if !self.take(&Token::Word("missing")) {
                return Err(self.expected("“missing”", "「missing」"));
            }
            return self.check(&left, Test::Present(present));
        }
        if self.take(&Token::Word("between")) {
            let low = self.constant()?;
            if !self.take(&Token::Word("and")) {
                return Err(self.expected("“and”", "「and」"));
            }
            let high = self.constant()?;
            return self.check(&left, Test::Between(low, high));
        }
        let negated = self.take(&Token::Word("not"));
        if self.take(&Token::Word("in")) {
            if !self.take(&Token::Sign("(")) {
                return Err(self.expected("“(”", "「(」"));
            }
            let mut list = vec![self.constant()?];
            while self.take(&Token::Sign(",")) {
                list.push(self.constant()?);
            }
            self.close()?;
            return self.check(&left, if negated { Test::NotIn(list) } else { Test::In(list) });
        }
        if negated {
            return Err(self.expected("“in”", "「in」"));
        }
        let Some(Token::Sign(sign @ ("<=" | ">=" | "!=" | "<>" | "==" | "<" | ">" | "="))) = self.peek().cloned()
        else {
            return Err(self.expected("a comparison such as “>” or “=”", "比较符号，例如「>」或「=」"));
        };
        self.at += 1;
        let right = self.sum()?;
        match (left, right) {
            (left, Value::Constant(value)) => self.check(&left, compare(sign, value)),
            (Value::Constant(value), right) => self.check(&right, compare(mirrored(sign), value)),
            (left, right) => {
                let (a, b) = (self.numbers(left)?, self.numbers(right)?);
                Ok(BooleanBuffer::collect_bool(self.scope.table.rows, |i| {
                    !a[i].is_nan() && !b[i].is_nan() && compare(sign, Scalar::Number(b[i])).number(a[i], &[b[i]])
                }))
            }
        }
    }

    fn check(&self, value: &Value<'a>, test: Test) -> Result<Mask> {
        match value {
            Value::Column(column) => matches(column, &test),
            Value::Numbers(values) => {
                let scalars = test.numbers().ok_or_else(|| self.not_number())?;
                Ok(BooleanBuffer::collect_bool(values.len(), |i| test.number(values[i], &scalars)))
            }
            Value::Constant(value) => {
                let (number, scalars) = (value.number(), test.numbers());
                let (Some(v), Some(s)) = (number, scalars) else { return Err(self.not_number()) };
                let yes = test.number(v, &s);
                let rows = self.scope.table.rows;
                Ok(if yes { BooleanBuffer::new_set(rows) } else { BooleanBuffer::new_unset(rows) })
            }
        }
    }

    fn constant(&mut self) -> Result<Scalar> {
        let minus = self.take(&Token::Sign("-"));
        let value = match self.peek().cloned() {
            Some(Token::Number(n)) => Scalar::Number(if minus { -n } else { n }),
            Some(Token::Text(t)) if !minus => Scalar::Text(t),
            _ => return Err(self.expected("a number or a “text”", "数字或带引号的文本")),
        };
        self.at += 1;
        Ok(value)
    }

    fn sum(&mut self) -> Result<Value<'a>> {
        let mut out = self.term()?;
        loop {
            let sign = if self.take(&Token::Sign("+")) {
                1.0
            } else if self.take(&Token::Sign("-")) {
                -1.0
            } else {
                return Ok(out);
            };
            let right = self.term()?;
            out = self.combine(out, right, move |a, b| a + sign * b)?;
        }
    }

    fn term(&mut self) -> Result<Value<'a>> {
        let mut out = self.unit()?;
        loop {
            if self.take(&Token::Sign("*")) {
                let right = self.unit()?;
                out = self.combine(out, right, |a, b| a * b)?;
            } else if self.take(&Token::Sign("/")) {
                let right = self.unit()?;
                out = self.combine(out, right, |a, b| if b == 0.0 { f64::NAN } else { a / b })?;
            } else {
                return Ok(out);
            }
        }
    }

    fn unit(&mut self) -> Result<Value<'a>> {
        if self.take(&Token::Sign("-")) {
            let inner = self.deeper(Self::unit)?;
            return self.combine(Value::Constant(Scalar::Number(0.0)), inner, |a, b| a - b);
        }
        if self.take(&Token::Sign("(")) {
            let inner = self.deeper(Self::sum)?;
            self.close()?;
            return Ok(inner);
        }
        let out = match self.peek().cloned() {
            Some(Token::Number(n)) => Value::Constant(Scalar::Number(n)),
            Some(Token::Text(t)) => Value::Constant(Scalar::Text(t)),
            Some(Token::Name(name)) => self.name(&name)?,
            _ => return Err(self.expected("a name, a number or a “text”", "名称、数字或带引号的文本")),
        };
        self.at += 1;
        Ok(out)
    }

    fn name(&self, name: &str) -> Result<Value<'a>> {
        if let Some(i) = self.scope.table.position(name) {
            return Ok(Value::Column(&self.scope.table.columns[i]));
        }
        if let Ok(role) = serde_json::from_value::<Role>(name.into()) {
            if let Some(column) = role_column(role, self.scope) {
                return Ok(Value::Column(column));
            }
            if role == Role::Amount
                && let Some(numbers) = super::build::amounts(self.scope.table, self.scope.roles)?
            {
                return Ok(Value::Numbers(numbers));
            }
        }
        if FACTS.contains(&name) && self.scope.roles.get(Role::Customer).is_some() {
            return Ok(Value::Numbers(self.fact(name)?));
        }
        let mut known: Vec<&str> = self.scope.table.columns.iter().map(|c| c.name.as_str()).collect();
        known.extend(FACTS);
        let mut error = Error::unknown_column(name, &known);
        if let Some((place, _)) = self.tokens.get(self.at) {
            error.message.en.push_str(&format!(", at character {place} of the rule"));
            error.message.zh.push_str(&format!("（规则第 {place} 个字符）"));
        }
        // Behind a comparison it may be a text whose quotes are missing.
        let before = self.at.checked_sub(1).and_then(|i| self.tokens.get(i));
        if before.is_some_and(|t| matches!(t.1, Token::Sign("=" | "==" | "!=" | "<>"))) {
            error.remedy.en.push_str(&format!(" Text is written in quotes: \"{name}\"."));
            error.remedy.zh.push_str(&format!("文本请加引号：\"{name}\"。"));
        }
        Err(error)
    }

    /// A customer fact, spread over the customer's rows.
    fn fact(&self, name: &str) -> Result<Vec<f64>> {
        let Scope { table, roles, facts } = self.scope;
        let facts = facts.get(table, roles, None, Refunds::Net)?;
        let people = facts.people();
        let values = people.fact(name).unwrap_or_default();
        let mut out = vec![f64::NAN; table.rows];
        for (c, value) in values.iter().enumerate() {
            for o in facts.orders.of(c) {
                facts.lines.of(o).for_each(|l| out[facts.lines.rows[l] as usize] = *value);
            }
        }
        for (i, refund) in facts.orders.refunds.iter().enumerate() {
            if let Some(value) = values.get(refund.customer as usize) {
                let group = facts.orders.len() + i;
                facts.lines.of(group).for_each(|l| out[facts.lines.rows[l] as usize] = *value);
            }
        }
        Ok(out)
    }

    fn numbers(&self, value: Value<'a>) -> Result<Vec<f64>> {
        match value {
            Value::Column(column) => column.numbers(),
            Value::Numbers(numbers) => Ok(numbers),
            Value::Constant(c) => Ok(vec![c.number().ok_or_else(|| self.not_number())?; self.scope.table.rows]),
        }
    }

    fn combine(&self, a: Value<'a>, b: Value<'a>, f: impl Fn(f64, f64) -> f64) -> Result<Value<'a>> {
        if let (Value::Constant(x), Value::Constant(y)) = (&a, &b) {
            let (Some(x), Some(y)) = (x.number(), y.number()) else { return Err(self.not_number()) };
            return Ok(Value::Constant(Scalar::Number(f(x, y))));
        }
        let (a, b) = (self.numbers(a)?, self.numbers(b)?);
        Ok(Value::Numbers(a.iter().zip(&b).map(|(x, y)| f(*x, *y)).collect()))
    }

    fn not_number(&self) -> Error {
        Error::new(Code::WrongType, "numbers compare with numbers", "数字只能与数字比较").param("filter").remedy(
            "Write numbers without quotes, and compare texts with a column of texts. Example: monetary > 1000.",
            "数字不加引号，文本只与文本列比较。示例：monetary > 1000。",
        )
    }
}

fn compare(sign: &str, value: Scalar) -> Test {
    match sign {
        "<=" => Test::Le(value),
        ">=" => Test::Ge(value),
        "<" => Test::Lt(value),
        ">" => Test::Gt(value),
        "!=" | "<>" => Test::NotIn(vec![value]),
        _ => Test::In(vec![value]),
    }
}

fn mirrored(sign: &'static str) -> &'static str {
    match sign {
        "<=" => ">=",
        ">=" => "<=",
        "<" => ">",
        ">" => "<",
        same => same,
    }
}
