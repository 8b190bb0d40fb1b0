//! What may be asked.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::data;
use super::predict::WEEKS_PER_MONTH;
use crate::analysis::col::{Col, YesNo};
use crate::error::{Error, Result, Words};
use crate::fact::Refunds;
use crate::num::btyd::Model;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelId {
    #[default]
    BgNbd,
    MbgNbd,
    ParetoNbd,
    SBg,
}

impl ModelId {
    /// The purchase model; sBG has none and takes another way.
    pub fn purchases(self) -> Model {
        match self {
            ModelId::MbgNbd => Model::MbgNbd,
            ModelId::ParetoNbd => Model::ParetoNbd,
            ModelId::BgNbd | ModelId::SBg => Model::BgNbd,
        }
    }
    pub fn name(self) -> &'static str {
        match self {
            ModelId::BgNbd => "BG/NBD",
            ModelId::MbgNbd => "MBG/NBD",
            ModelId::ParetoNbd => "Pareto/NBD",
            ModelId::SBg => "sBG",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpendId {
    GammaGamma,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    Day,
    #[default]
    Week,
    Month,
}

impl TimeUnit {
    pub fn days(self) -> f64 {
        match self {
            TimeUnit::Day => 1.0,
            TimeUnit::Week => 7.0,
            TimeUnit::Month => 7.0 * WEEKS_PER_MONTH,
        }
    }
    /// A month in this unit.
    pub fn month(self) -> f64 {
        match self {
            TimeUnit::Day => 7.0 * WEEKS_PER_MONTH,
            TimeUnit::Week => WEEKS_PER_MONTH,
            TimeUnit::Month => 1.0,
        }
    }
    pub fn year(self) -> f64 {
        match self {
            TimeUnit::Day => 365.0,
            TimeUnit::Week => 52.0,
            TimeUnit::Month => 12.0,
        }
    }
    /// "39 weeks"
    pub fn say(self, n: &str) -> Words {
        match self {
            TimeUnit::Day => Words::new(format!("{n} days"), format!("{n} 天")),
            TimeUnit::Week => Words::new(format!("{n} weeks"), format!("{n} 周")),
            TimeUnit::Month => Words::new(format!("{n} months"), format!("{n} 个月")),
        }
    }
}

/// Columns that already hold the history of each customer, in time units.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// Customer id; default: the row number.
    #[serde(default)]
    #[schemars(extend("x-zh" = "客户编号列；默认为行号"))]
    pub customer: Option<String>,
    /// Repeat purchases.
    #[schemars(extend("x-zh" = "复购次数列"))]
    pub frequency: String,
    /// First to last purchase.
    #[schemars(extend("x-zh" = "首次到末次购买的间隔列"))]
    pub recency: String,
    /// First purchase to the end of watching.
    #[serde(rename = "T")]
    #[schemars(extend("x-zh" = "首次购买到观察期末的时长列"))]
    pub t: String,
    /// Mean spend of the repeat purchases.
    #[serde(default)]
    #[schemars(extend("x-zh" = "复购的平均消费列"))]
    pub monetary: Option<String>,
}

/// `null` is an answer (no model of money), absence is not.
fn given<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<Option<SpendId>>, D::Error> {
    Option::<SpendId>::deserialize(d).map(Some)
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Model of buying and leaving; `s_bg` is for contracts.
    #[schemars(extend("x-zh" = "购买与流失模型；s_bg 用于合约型客户"))]
    pub model: ModelId,
    /// Model of money; by default there when the data have money, `null` for none.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<SpendId>", extend("x-zh" = "金额模型；默认有金额时使用，null 为不用"))]
    pub spend: Option<Option<SpendId>>,
    /// Unit of all times.
    #[schemars(extend("x-zh" = "时间单位"))]
    pub time_unit: TimeUnit,
    /// Last day (ISO) the model sees; default: the last day with an order.
    #[schemars(extend("x-zh" = "校准期末（ISO 日期）；默认为最后一个订单日"))]
    pub calibration_end: Option<String>,
    /// Last day (ISO) of the check after it; default: the last day with an order.
    #[schemars(extend("x-zh" = "检验期末（ISO 日期）；默认为最后一个订单日"))]
    pub holdout_end: Option<String>,
    /// Time ahead for the expected purchases, in time units; default: a year.
    #[schemars(extend("x-zh" = "预测时长，按时间单位计；默认一年"))]
    pub horizon: Option<f64>,
    /// Months ahead for the value.
    #[schemars(extend("x-zh" = "价值计算的月数"))]
    pub months: usize,
    /// Discount rate a month.
    #[schemars(extend("x-zh" = "月折现率"))]
    pub discount_rate: f64,
    /// Share of spend that counts as value; with `s_bg`, money a period.
    #[schemars(extend("x-zh" = "计为价值的消费比例（毛利率）；s_bg 时为每期金额"))]
    pub margin: f64,
    /// Times after the first purchase at which a new customer's purchases are wanted.
    #[schemars(extend("x-zh" = "需要给出新客户预期购买次数的时间点"))]
    pub new_customer_at: Vec<f64>,
    /// Level of the intervals, 0–1.
    #[schemars(extend("x-zh" = "区间的置信水平，0–1"))]
    pub level: f64,
    /// Columns that already hold frequency, recency and T.
    #[schemars(extend("x-zh" = "已汇总的次数、间隔与观察时长列"))]
    pub columns: Option<Columns>,
    /// Apply these parameters by name instead of fitting.
    #[schemars(extend("x-zh" = "直接使用这些参数，不再拟合"))]
    pub parameters: Option<BTreeMap<String, f64>>,
    /// Apply these p, q, v instead of fitting.
    #[schemars(extend("x-zh" = "直接使用这些 p、q、v，不再拟合"))]
    pub spend_parameters: Option<BTreeMap<String, f64>>,
    /// `s_bg`: whole periods a contract has lasted.
    #[schemars(extend("x-zh" = "s_bg：合约已持续的整期数"))]
    pub duration: Option<Col>,
    /// `s_bg`: whether it was ended.
    #[schemars(extend("x-zh" = "s_bg：合约是否已终止"))]
    pub event: Option<YesNo>,
    /// What negative and zero lines mean.
    #[schemars(extend("x-zh" = "退款与零金额行的处理方式"))]
    pub refunds: Refunds,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            model: ModelId::BgNbd,
            spend: None,
            time_unit: TimeUnit::Week,
            calibration_end: None,
            holdout_end: None,
            horizon: None,
            months: 12,
            discount_rate: 0.01,
            margin: 1.0,
            new_customer_at: Vec::new(),
            level: 0.95,
            columns: None,
            parameters: None,
            spend_parameters: None,
            duration: None,
            event: None,
            refunds: Refunds::Net,
        }
    }
}

fn named<const N: usize>(param: &str, given: &BTreeMap<String, f64>, names: [&str; N]) -> Result<[f64; N]> {
    let list = names.join(", ");
    let wrong = || {
        Error::bad_param(param, format!("give {list}, each above 0"), format!("须给出 {list}，且均大于 0"))
            .remedy("Name every parameter of the model and no other.", "请写全模型的各个参数，且不要多写。")
    };
    let mut out = [0.0; N];
    for (slot, name) in out.iter_mut().zip(names) {
        *slot = given.get(name).copied().filter(|v| v.is_finite() && *v > 0.0).ok_or_else(wrong)?;
    }
    if given.len() == N { Ok(out) } else { Err(wrong()) }
}

impl Params {
    pub fn check(&self) -> Result<()> {
        let positive = |name: &str, v: f64| {
            if v.is_finite() && v > 0.0 {
                Ok(())
            } else {
                Err(Error::bad_param(name, "it must be above 0", "须大于 0")
                    .remedy("Give a number above 0.", "请填大于 0 的数。"))
            }
        };
        data::day(&self.calibration_end, "calibration_end")?;
        data::day(&self.holdout_end, "holdout_end")?;
        if let Some(h) = self.horizon {
            positive("horizon", h)?;
        }
        positive("margin", self.margin)?;
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Error::bad_param("level", "it must lie between 0 and 1", "须在 0 与 1 之间")
                .remedy("Give the level as a share, such as 0.95.", "请用 0.95 这样的小数表示置信水平。"));
        }
        if !(self.discount_rate >= 0.0 && self.discount_rate < 10.0) {
            return Err(Error::bad_param("discount_rate", "it must lie between 0 and 10", "须在 0 与 10 之间")
                .remedy("Give the rate a month as a share, such as 0.01.", "请用小数填写月折现率，如 0.01。"));
        }
        if self.months == 0 || self.months > 600 {
            return Err(Error::bad_param("months", "it must lie between 1 and 600", "须在 1 与 600 之间")
                .remedy("Give a number of months, such as 12.", "请填月数，如 12。"));
        }
        if self.new_customer_at.iter().any(|t| !t.is_finite() || *t < 0.0) {
            return Err(Error::bad_param("new_customer_at", "times are numbers from 0 up", "时间点须为不小于 0 的数")
                .remedy("Write the times as a list, such as [4, 52].", "请以列表填写，如 [4, 52]。"));
        }
        if self.columns.is_some() && (self.calibration_end.is_some() || self.holdout_end.is_some()) {
            return Err(Error::bad_param(
                "columns",
                "columns already summarised have no dates to calibrate on or hold out",
                "已汇总的列没有日期，不能设置校准期或检验期",
            )
            .remedy(
                "Leave the two days out, or give orders instead of summaries.",
                "请去掉这两个日期，或改用订单明细。",
            ));
        }
        if self.model != ModelId::SBg {
            self.given(self.model.purchases())?;
        }
        self.given_spend()?;
        Ok(())
    }

    /// The parameters to apply, in the order of the model.
    pub fn given(&self, model: Model) -> Result<Option<[f64; 4]>> {
        self.parameters.as_ref().map(|p| named("parameters", p, model.names())).transpose()
    }
    pub fn given_contract(&self) -> Result<Option<[f64; 2]>> {
        self.parameters.as_ref().map(|p| named("parameters", p, ["alpha", "beta"])).transpose()
    }
    pub fn given_spend(&self) -> Result<Option<[f64; 3]>> {
        self.spend_parameters.as_ref().map(|p| named("spend_parameters", p, ["p", "q", "v"])).transpose()
    }
    pub fn wants_spend(&self) -> bool {
        self.spend != Some(None)
    }

    pub fn choices(&self) -> Vec<Words> {
        let unit = match self.time_unit {
            TimeUnit::Day => Words::new("times in days", "以天计时"),
            TimeUnit::Week => Words::new("times in weeks of 7 days", "以周（7 天）计时"),
            TimeUnit::Month => Words::new("times in months of 4.345 weeks", "以月（4.345 周）计时"),
        };
        let mut list = vec![unit];
        if self.parameters.is_some() {
            list.push(Words::new("parameters given, not fitted", "参数为给定值，未拟合"));
        }
        list.push(Words::new(
            format!("{} months, discounted by {}% a month", self.months, 100.0 * self.discount_rate),
            format!("{} 个月，月折现率 {}%", self.months, 100.0 * self.discount_rate),
        ));
        list
    }
}
