//! A synthetic shop: a realistic orders file, seeded, in English or Chinese, for people who want to look before they bring data.
//!
//! Customers arrive over two years, buy at their own rate until they drop out (gamma rates, geometric drop-out: the story that
//! the BG/NBD model tells), more before the holidays; orders hold one to five lines with companion products; a few lines are
//! refunds or free samples. Nobody in it exists: customers are numbers, names are not given.

use serde::Deserialize;

use crate::num::rng::Rng;
use crate::time::{days_from_civil, iso};

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShopOptions {
    /// `zh-CN` writes Chinese headers and values, anything else English.
    pub locale: String,
    pub seed: u64,
    /// About how many order lines.
    pub rows: usize,
}

impl Default for ShopOptions {
    fn default() -> Self {
        Self { locale: "en".into(), seed: 1, rows: 20_000 }
    }
}

struct Wording {
    header: &'static str,
    channels: [&'static str; 4],
    regions: [&'static str; 5],
    /// Category, then product and unit price in hundredths, dearest not first: neighbours are bought together.
    shelves: [(&'static str, [(&'static str, i64); 5]); 5],
}

const EN: Wording = Wording {
    header: "order_id,customer_id,order_date,product,category,channel,region,quantity,unit_price,amount",
    channels: ["Web shop", "App", "Marketplace", "Store"],
    regions: ["North", "East", "South", "West", "Central"],
    shelves: [
        (
            "Tea",
            [
                ("Green tea 250 g", 1290),
                ("Black tea 250 g", 1190),
                ("Jasmine tea 100 g", 890),
                ("Oolong 150 g", 1890),
                ("Herbal mix", 690),
            ],
        ),
        (
            "Teaware",
            [
                ("Teapot, clay", 4900),
                ("Tea tray", 3450),
                ("Cup set of 4", 2290),
                ("Thermos 0.5 l", 2690),
                ("Strainer", 490),
            ],
        ),
        (
            "Sweets",
            [
                ("Sesame cookies", 450),
                ("Mooncakes, box of 6", 2990),
                ("Nougat", 590),
                ("Dried mango", 520),
                ("Candied ginger", 480),
            ],
        ),
        (
            "Home",
            [
                ("Linen towel", 1250),
                ("Candle, cedar", 1790),
                ("Incense", 990),
                ("Bamboo mat", 2150),
                ("Vase, small", 2790),
            ],
        ),
        (
            "Gifts",
            [
                ("Gift box, small", 3900),
                ("Gift box, large", 7900),
                ("Gift card 25", 2500),
                ("Ribbon wrap", 350),
                ("Calendar", 1490),
            ],
        ),
    ],
};

const ZH: Wording = Wording {
    header: "订单号,客户编号,下单日期,商品名称,类目,渠道,地区,数量,单价,实付金额",
    channels: ["官网", "小程序", "平台旗舰店", "门店"],
    regions: ["华北", "华东", "华南", "西南", "华中"],
    shelves: [
        (
            "茶叶",
            [
                ("龙井 250克", 12900),
                ("红茶 250克", 11900),
                ("茉莉花茶 100克", 5900),
                ("乌龙茶 150克", 14900),
                ("花草茶", 4900),
            ],
        ),
        (
            "茶具",
            [("紫砂壶", 39900), ("茶盘", 25900), ("品茗杯 四只装", 15900), ("保温杯 500毫升", 18900), ("茶漏", 2900)],
        ),
        ("糕点", [("芝麻酥", 2900), ("月饼礼盒 六枚", 19900), ("牛轧糖", 3900), ("芒果干", 3500), ("姜糖", 2500)]),
        ("家居", [("亚麻毛巾", 6900), ("雪松蜡烛", 12900), ("线香", 5900), ("竹席", 15900), ("小花瓶", 19900)]),
        ("礼品", [("礼盒 小", 26900), ("礼盒 大", 56900), ("礼品卡 200元", 20000), ("包装丝带", 1500), ("台历", 8900)]),
    ],
};

const DAYS: i32 = 730;

/// The file's bytes, UTF-8 with CRLF-free lines; rows by date. Equal options give equal bytes.
pub fn generate(options: &ShopOptions) -> Vec<u8> {
    let words = if options.locale.starts_with("zh") { &ZH } else { &EN };
    let mut rng = Rng::new(options.seed);
    let start = days_from_civil(2023, 7, 1);
    let rows = options.rows.clamp(50, 2_000_000);

    // (day, customer, habits): one entry per order, gathered until there are enough lines.
    let mut orders: Vec<(i32, usize, usize, usize)> = Vec::new();
    let mut customers = 0usize;
    while orders.len() * 2 < rows {
        let (region, channel) = (skewed(&mut rng, 5), skewed(&mut rng, 4));
        // More newcomers later on, and before the holidays.
        let first = ((rng.uniform().powf(0.8)) * f64::from(DAYS)) as i32;
        let rate = 0.004 + 0.03 * exponential(&mut rng) * rng.uniform();
        let drop = 0.05 + 0.5 * rng.uniform() * rng.uniform();
        let mut day = f64::from(first);
        while day < f64::from(DAYS) {
            let date = day as i32;
            if rng.uniform() < season(start + date) {
                let usual = if rng.uniform() < 0.8 { channel } else { skewed(&mut rng, 4) };
                orders.push((date, customers, region, usual));
            }
            if rng.uniform() < drop {
                break;
            }
            day += 1.0 + exponential(&mut rng) / rate;
        }
        customers += 1;
    }
    orders.sort_by_key(|o| (o.0, o.1));

    let mut out = String::with_capacity(rows * 90);
    out.push_str(words.header);
    out.push('\n');
    for (i, (day, customer, region, channel)) in orders.iter().enumerate() {
        let date = iso(start + day);
        let lines = 1 + (rng.uniform() * rng.uniform() * 4.0) as usize;
        let mut shelf = skewed(&mut rng, 5);
        let mut product = skewed(&mut rng, 5);
        let refund = rng.uniform() < 0.012;
        for line in 0..lines {
            if line > 0 {
                // A companion stands beside on the same shelf, or at the same place of the next one.
                if rng.uniform() < 0.5 {
                    product = (product + 1) % 5;
                } else {
                    shelf = (shelf + 1) % 5;
                }
            }
            let (category, products) = &words.shelves[shelf];
            let (name, list_price) = products[product];
            let price = if rng.uniform() < 0.15 { list_price * 9 / 10 } else { list_price };
            let price = if rng.uniform() < 0.004 { 0 } else { price };
            let quantity = 1 + (rng.uniform() * rng.uniform() * 3.0) as i64;
            let quantity = if refund { -quantity } else { quantity };
            let amount = price * quantity;
            let name = if name.contains(',') { format!("\"{name}\"") } else { name.to_string() };
            out.push_str(&format!(
                "S{:06},C{:05},{date},{name},{category},{},{},{quantity},{},{}\n",
                i + 1,
                customer + 1,
                words.channels[*channel],
                words.regions[*region],
                cents(price),
                cents(amount),
            ));
        }
    }
    out.into_bytes()
}

/// 0 … n − 1, the first ones more often (Zipf with exponent 0.7).
fn skewed(rng: &mut Rng, n: usize) -> usize {
    let weights: Vec<f64> = (1..=n).map(|k| (k as f64).powf(-0.7)).collect();
    let mut at = rng.uniform() * weights.iter().sum::<f64>();
    weights
        .iter()
        .position(|w| {
            at -= w;
            at < 0.0
        })
        .unwrap_or(0)
}

fn exponential(rng: &mut Rng) -> f64 {
    -(1.0 - rng.uniform()).ln()
}

/// The chance that a planned purchase takes place: autumn and December are busy.
fn season(day: i32) -> f64 {
    let (_, month, _) = crate::time::civil_from_days(day);
    [0.75, 0.6, 0.65, 0.65, 0.7, 0.75, 0.65, 0.7, 0.9, 0.8, 0.95, 1.0][month as usize - 1]
}

fn cents(value: i64) -> String {
    super::column::print_decimal(value, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(locale: &str, seed: u64) -> String {
        let options = ShopOptions { locale: locale.into(), seed, rows: 3_000 };
        String::from_utf8(generate(&options)).expect("it is UTF-8")
    }

    #[test]
    fn equal_seeds_give_equal_shops_and_others_differ() {
        assert_eq!(text("en", 7), text("en", 7));
        assert_ne!(text("en", 7), text("en", 8));
        assert!(text("zh-CN", 7).starts_with("订单号,客户编号"));
    }

    #[test]
    fn amounts_are_quantity_times_price_and_about_as_many_lines_as_asked() {
        let shop = text("zh-CN", 3);
        let lines: Vec<Vec<&str>> = shop.lines().skip(1).map(|l| l.split(',').collect()).collect();
        assert!((2_000..6_000).contains(&lines.len()), "{}", lines.len());
        for cells in lines {
            let number = |i: usize| cells[i].parse::<f64>().expect("a number");
            assert!((number(7) * number(8) - number(9)).abs() < 1e-6, "{cells:?}");
        }
    }
}
