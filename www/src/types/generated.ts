// Generated from the Rust structs by tools/types.mjs (`make types`). Not edited by hand.

// ---- overview ----

/**
 * What the span is compared with.
 */
export type OverviewCompare = "previous" | "year_ago";

export interface Overview {
  params: OverviewParams;
  summary: OverviewSummary;
}
export interface OverviewParams {
  /**
   * What to compare with; null for nothing.
   */
  compare?: OverviewCompare | null;
  /**
   * First day (ISO), included; default: the first day in the data.
   */
  from?: string | null;
  /**
   * What negative and zero lines mean.
   */
  refunds?: "net" | "drop" | "positive_only";
  /**
   * Last day (ISO), included; default: the last day in the data.
   */
  to?: string | null;
}
export interface OverviewSummary {
  /**
   * Revenue over orders.
   */
  average_order_value: number | null;
  /**
   * Relative change of each figure against `previous` (0.1 is +10 %).
   */
  change: {
    [k: string]: number | null;
  } | null;
  /**
   * Distinct customers with an order.
   */
  customers: number;
  /**
   * First day, included.
   */
  from: string;
  gap_days: OverviewGaps;
  /**
   * Median days between consecutive purchase days.
   */
  median_gap_days: number | null;
  /**
   * Customers whose first order in the data lies in the span.
   */
  new_customers: number;
  /**
   * Customers by number of orders in the span.
   */
  order_counts: OverviewFrequency[];
  /**
   * Distinct orders.
   */
  orders: number;
  /**
   * Orders with a customer over customers.
   */
  orders_per_customer: number | null;
  /**
   * The figures of the span compared with; null when it does not lie wholly in the data.
   */
  previous: OverviewFigures | null;
  /**
   * Share of customers with at least two orders in the span, 0–1.
   */
  repeat_rate: number | null;
  /**
   * Share of customers with at least two purchase days in the span, 0–1.
   */
  repeat_rate_days: number | null;
  /**
   * Customers who had ordered before the span.
   */
  returning_customers: number;
  /**
   * Sum of amounts, refunds netted as chosen.
   */
  revenue: number;
  /**
   * Last day, included.
   */
  to: string;
  /**
   * Each figure in up to 13 spans as long as this one, oldest first; the last is the one shown. Fewer where the data begin
   * later; null where a mean has no orders.
   */
  trend: {
    [k: string]: (number | null)[];
  };
  /**
   * Usual range of these changes; null below 12 past changes.
   */
  usual: {
    [k: string]: OverviewUsual;
  } | null;
}
/**
 * More on these gaps.
 */
export interface OverviewGaps {
  /**
   * Mean of the customers' own mean gaps, days.
   */
  customer_mean: number | null;
  /**
   * Median of the customers' own mean gaps, days.
   */
  customer_median: number | null;
  /**
   * Days.
   */
  mean: number | null;
  /**
   * Days.
   */
  median: number | null;
  /**
   * Number of gaps.
   */
  n: number;
  /**
   * Days.
   */
  p25: number | null;
  /**
   * Days.
   */
  p75: number | null;
  /**
   * Days.
   */
  p90: number | null;
  /**
   * Days, n − 1.
   */
  sd: number | null;
}
/**
 * Customers with this many orders in the span.
 */
export interface OverviewFrequency {
  /**
   * Customers.
   */
  customers: number;
  /**
   * Orders; the last entry holds this many or more.
   */
  orders: number;
}
export interface OverviewFigures {
  /**
   * Revenue over orders.
   */
  average_order_value: number | null;
  /**
   * Distinct customers with an order.
   */
  customers: number;
  gap_days: OverviewGaps1;
  /**
   * Median days between consecutive purchase days.
   */
  median_gap_days: number | null;
  /**
   * Customers whose first order in the data lies in the span.
   */
  new_customers: number;
  /**
   * Distinct orders.
   */
  orders: number;
  /**
   * Orders with a customer over customers.
   */
  orders_per_customer: number | null;
  /**
   * Share of customers with at least two orders in the span, 0–1.
   */
  repeat_rate: number | null;
  /**
   * Share of customers with at least two purchase days in the span, 0–1.
   */
  repeat_rate_days: number | null;
  /**
   * Customers who had ordered before the span.
   */
  returning_customers: number;
  /**
   * Sum of amounts, refunds netted as chosen.
   */
  revenue: number;
}
/**
 * More on these gaps.
 */
export interface OverviewGaps1 {
  /**
   * Mean of the customers' own mean gaps, days.
   */
  customer_mean: number | null;
  /**
   * Median of the customers' own mean gaps, days.
   */
  customer_median: number | null;
  /**
   * Days.
   */
  mean: number | null;
  /**
   * Days.
   */
  median: number | null;
  /**
   * Number of gaps.
   */
  n: number;
  /**
   * Days.
   */
  p25: number | null;
  /**
   * Days.
   */
  p75: number | null;
  /**
   * Days.
   */
  p90: number | null;
  /**
   * Days, n − 1.
   */
  sd: number | null;
}
/**
 * The usual range of a figure's relative change.
 */
export interface OverviewUsual {
  /**
   * 95 % quantile of past changes.
   */
  high: number;
  /**
   * 5 % quantile of past changes.
   */
  low: number;
  /**
   * How many past changes there are.
   */
  periods: number;
}

/** Columns of the frame. */
export interface OverviewFrame {
  /** Month (period) */
  "period": Float64Array | Int32Array | Uint8Array;
  /** Revenue (money) */
  "revenue": Float64Array | Int32Array | Uint8Array;
  /** Orders (count) */
  "orders": Float64Array | Int32Array | Uint8Array;
  /** Customers (count) */
  "customers": Float64Array | Int32Array | Uint8Array;
  /** New customers (count) */
  "new_customers": Float64Array | Int32Array | Uint8Array;
  /** Revenue of new customers (money) */
  "new_customer_revenue": Float64Array | Int32Array | Uint8Array;
}

// ---- rfm ----

export interface Rfm {
  params: RfmParams;
  summary: RfmSummary;
}
export interface RfmParams {
  /**
   * The day from which recency is counted (ISO); default: the day after the last order. Later orders are left out.
   */
  as_of?: string | null;
  /**
   * An earlier day (ISO) to compare with: who moved from which segment to which.
   */
  compare_to?: string | null;
  /**
   * What negative and zero lines mean.
   */
  refunds?: "net" | "drop" | "positive_only";
  /**
   * Ten segments by score, or eight groups by the means.
   */
  scheme?: "ten" | "eight";
  /**
   * How values become scores.
   */
  scoring?:
    | "quantile_edge"
    | "rank_first"
    | "min_rank"
    | {
        cuts: RfmCuts;
      };
}
/**
 * Four ascending edges per dimension; a value on an edge stays below it.
 */
export interface RfmCuts {
  /**
   * Orders.
   *
   * @minItems 4
   * @maxItems 4
   */
  frequency: [number, number, number, number];
  /**
   * Money.
   *
   * @minItems 4
   * @maxItems 4
   */
  monetary: [number, number, number, number];
  /**
   * Days.
   *
   * @minItems 4
   * @maxItems 4
   */
  recency: [number, number, number, number];
}
export interface RfmSummary {
  /**
   * The day from which recency is counted.
   */
  as_of: string;
  /**
   * Customers per combination "RFM", such as "555"; none empty.
   */
  cells: {
    [k: string]: number;
  };
  /**
   * Customers scored.
   */
  customers: number;
  edges: RfmEdges;
  /**
   * Moves since `compare_to`; null without it.
   */
  migration: RfmMove[] | null;
  /**
   * Their orders up to `as_of`.
   */
  orders: number;
  /**
   * Their sum of amounts, refunds netted as chosen.
   */
  revenue: number;
  scores: RfmScores;
  /**
   * The segments, best first; empty ones stay.
   */
  segments: RfmSegment[];
}
/**
 * Upper edges of scores 1 to 4 (for recency: of scores 5 to 2).
 */
export interface RfmEdges {
  /**
   * Orders.
   *
   * @minItems 4
   * @maxItems 4
   */
  frequency: [number, number, number, number];
  /**
   * Money.
   *
   * @minItems 4
   * @maxItems 4
   */
  monetary: [number, number, number, number];
  /**
   * Days.
   *
   * @minItems 4
   * @maxItems 4
   */
  recency: [number, number, number, number];
}
/**
 * Customers that moved between segments since `compare_to`.
 */
export interface RfmMove {
  /**
   * How many.
   */
  customers: number;
  /**
   * Segment then; `not_yet` for customers without an order then.
   */
  from: string;
  /**
   * Segment now.
   */
  to: string;
}
/**
 * Customers per score.
 */
export interface RfmScores {
  /**
   * Frequency: 5 is the most frequent.
   */
  F: {
    [k: string]: number;
  };
  /**
   * Monetary: 5 is the highest.
   */
  M: {
    [k: string]: number;
  };
  /**
   * Recency: 5 is the most recent.
   */
  R: {
    [k: string]: number;
  };
}
/**
 * One segment.
 */
export interface RfmSegment {
  /**
   * Customers in it.
   */
  customers: number;
  /**
   * Stable name, as in the frame.
   */
  id: string;
  /**
   * Mean orders per customer.
   */
  mean_frequency: number | null;
  /**
   * Mean sum of amounts per customer.
   */
  mean_monetary: number | null;
  /**
   * Mean days since the last order.
   */
  mean_recency_days: number | null;
  name: RfmWords;
  /**
   * Their sum of amounts.
   */
  revenue: number;
  /**
   * Share of all customers, 0–1.
   */
  share_customers: number | null;
  /**
   * Share of all named revenue, 0–1; null when that is not positive.
   */
  share_revenue: number | null;
}
/**
 * Its name in both languages.
 */
export interface RfmWords {
  en: string;
  zh: string;
}

/** Columns of the frame. */
export interface RfmFrame {
  /** Customer (text) */
  "customer": (string | null)[];
  /** Days since last order (days) */
  "recency_days": Float64Array | Int32Array | Uint8Array;
  /** Orders (count) */
  "frequency": Float64Array | Int32Array | Uint8Array;
  /** Revenue (money) */
  "monetary": Float64Array | Int32Array | Uint8Array;
  /** R (number) */
  "r": Float64Array | Int32Array | Uint8Array;
  /** F (number) */
  "f": Float64Array | Int32Array | Uint8Array;
  /** M (number) */
  "m": Float64Array | Int32Array | Uint8Array;
  /** Segment (text) */
  "segment": (string | null)[];
  /** First order (date) */
  "first_date": (string | null)[];
  /** Last order (date) */
  "last_date": (string | null)[];
}

// ---- cohort ----

export interface Cohort {
  params: CohortParams;
  summary: CohortSummary;
}
export interface CohortParams {
  /**
   * How many periods after the first to follow; default: to the last period in the data.
   */
  horizon?: number | null;
  /**
   * The length of a period: `week`, `month` or `quarter`.
   */
  period?: "week" | "month" | "quarter";
  /**
   * What negative and zero lines mean.
   */
  refunds?: "net" | "drop" | "positive_only";
}
export interface CohortSummary {
  /**
   * Customers in all cohorts.
   */
  customers: number;
  /**
   * Label of the last period in the data.
   */
  last_period: string;
  /**
   * Length of a period.
   */
  period: "week" | "month" | "quarter";
  /**
   * Cohorts with at least one customer, earliest first.
   */
  rows: CohortRow[];
  /**
   * Sum of all `active` counts.
   */
  sum_active: number;
}
/**
 * One cohort. Index 0 of every list is the cohort's own period.
 */
export interface CohortRow {
  /**
   * Distinct customers that ordered in the k-th period after.
   */
  active: number[];
  /**
   * Label of the period of the first order.
   */
  cohort: string;
  /**
   * Sum of amounts up to and including the k-th period, per customer of the cohort; null without an amount.
   */
  cumulative_revenue_per_customer: number[] | null;
  /**
   * How many cells at the end are not over yet.
   */
  open_cells: number;
  /**
   * Orders in the k-th period after.
   */
  orders: number[];
  /**
   * `active` over `size`, 0–1.
   */
  retention: number[];
  /**
   * Sum of amounts in the k-th period after, refunds netted as chosen; null without an amount.
   */
  revenue: number[] | null;
  /**
   * Customers in it.
   */
  size: number;
}

/** Columns of the frame. */
export interface CohortFrame {
  /** Customer (text) */
  "customer": (string | null)[];
  /** Cohort (period) */
  "cohort": Float64Array | Int32Array | Uint8Array;
  /** First order (date) */
  "first_date": (string | null)[];
  /** Orders (count) */
  "orders": Float64Array | Int32Array | Uint8Array;
  /** Revenue (money) */
  "revenue": Float64Array | Int32Array | Uint8Array;
}

// ---- revenue ----

export interface Revenue {
  params: RevenueParams;
  summary: RevenueSummary;
}
export interface RevenueParams {
  /**
   * Roles or columns to split by, such as `channel` or a column's name.
   */
  by?: string[];
  /**
   * First day (ISO), included.
   */
  from?: string | null;
  /**
   * The length of a period.
   */
  period?: "day" | "week" | "month" | "quarter" | "year";
  /**
   * What negative and zero lines mean.
   */
  refunds?: "net" | "drop" | "positive_only";
  /**
   * Last day (ISO), included.
   */
  to?: string | null;
}
export interface RevenueSummary {
  /**
   * One entry per dimension of `by`.
   */
  by: RevenueSplit[];
  /**
   * The last period is not over.
   */
  open: boolean;
  /**
   * Every period from the first to the last.
   */
  periods: RevenueSpan[];
  total: RevenueTotal;
}
export interface RevenueSplit {
  /**
   * The role or column asked for.
   */
  dimension: string;
  /**
   * By revenue, descending.
   */
  values: RevenueValue[];
}
export interface RevenueValue {
  /**
   * Distinct customers with a line of this value.
   */
  customers: number;
  /**
   * Relative change of the last finished period against the one before.
   */
  growth: number | null;
  /**
   * Distinct orders with a line of this value.
   */
  orders: number;
  /**
   * Sum of amounts.
   */
  revenue: number;
  /**
   * Share of all revenue, 0–1; null when that is not positive.
   */
  share: number | null;
  /**
   * The value as in the file; null for missing.
   */
  value: string | null;
}
export interface RevenueSpan {
  /**
   * Revenue over orders.
   */
  average_order_value: number | null;
  /**
   * Distinct customers.
   */
  customers: number;
  /**
   * Relative change against the period before.
   */
  growth: number | null;
  /**
   * Relative change against the same period a year before.
   */
  growth_year: number | null;
  /**
   * Their revenue here.
   */
  new_customer_revenue: number;
  /**
   * Customers whose first order in the filtered data lies here.
   */
  new_customers: number;
  /**
   * Distinct orders.
   */
  orders: number;
  /**
   * Label of the period; periods without an order stay.
   */
  period: string;
  /**
   * Sum of amounts.
   */
  revenue: number;
}
export interface RevenueTotal {
  /**
   * Distinct customers.
   */
  customers: number;
  /**
   * Distinct orders.
   */
  orders: number;
  /**
   * Sum of amounts, refunds netted as chosen.
   */
  revenue: number;
}

/** Columns of the frame. */
export interface RevenueFrame {
  /** Period (period) */
  "period": Float64Array | Int32Array | Uint8Array;
  /** Revenue (money) */
  "revenue": Float64Array | Int32Array | Uint8Array;
  /** Orders (count) */
  "orders": Float64Array | Int32Array | Uint8Array;
  /** Customers (count) */
  "customers": Float64Array | Int32Array | Uint8Array;
  /** Quantity (number) */
  "quantity": Float64Array | Int32Array | Uint8Array;
  /** Share of the period (percent) */
  "share": Float64Array | Int32Array | Uint8Array;
}

// ---- product ----

export interface Product {
  params: ProductParams;
  summary: ProductSummary;
}
export interface ProductParams {
  /**
   * Cumulative shares of revenue at which class A and class B end.
   *
   * @minItems 2
   * @maxItems 2
   */
  abc?: [number, number];
  /**
   * Which class the product on the border belongs to.
   */
  crossing?: "upper" | "lower";
  /**
   * What negative and zero lines mean.
   */
  refunds?: "net" | "drop" | "positive_only";
  /**
   * Coefficients of variation of the monthly quantity up to which a product is X and Y.
   *
   * @minItems 2
   * @maxItems 2
   */
  xyz?: [number, number];
}
export interface ProductSummary {
  /**
   * "A", "B", "C" by cumulative share of revenue; products without positive revenue are C.
   */
  abc: {
    [k: string]: ProductClass;
  };
  /**
   * Products per combination, such as "AX"; null as `xyz`.
   */
  matrix: {
    [k: string]: number;
  } | null;
  /**
   * Products with a line.
   */
  products: number;
  /**
   * Revenue of all lines with a product, refunds netted as chosen.
   */
  revenue: number;
  /**
   * Products per class of steadiness: "X" steady, "Y", "Z" erratic; null without dates or with fewer than two months.
   */
  xyz: {
    [k: string]: number;
  } | null;
}
/**
 * One ABC class.
 */
export interface ProductClass {
  /**
   * Products in it.
   */
  products: number;
  /**
   * Their revenue.
   */
  revenue: number;
  /**
   * Share of all revenue, 0–1.
   */
  share_revenue: number | null;
}

/** Columns of the frame. */
export interface ProductFrame {
  /** Product (text) */
  "product": (string | null)[];
  /** Name (text) */
  "name": (string | null)[];
  /** Revenue (money) */
  "revenue": Float64Array | Int32Array | Uint8Array;
  /** Quantity (number) */
  "quantity": Float64Array | Int32Array | Uint8Array;
  /** Orders (count) */
  "orders": Float64Array | Int32Array | Uint8Array;
  /** Customers (count) */
  "customers": Float64Array | Int32Array | Uint8Array;
  /** Bought again (percent) */
  "repeat_rate": Float64Array | Int32Array | Uint8Array;
  /** Share of revenue (percent) */
  "share": Float64Array | Int32Array | Uint8Array;
  /** Cumulative share (percent) */
  "cumulative_share": Float64Array | Int32Array | Uint8Array;
  /** ABC (text) */
  "abc": (string | null)[];
  /** XYZ (text) */
  "xyz": (string | null)[];
}

// ---- pareto ----

export type ParetoKind = "number" | "category";
/**
 * A value as it may stand in parameters: text, a number or a truth value.
 */
export type ParetoCell = string | boolean | number;
export type ParetoOneOrMany = ParetoCell | ParetoCell[];
/**
 * A customer fact.
 */
export type ParetoFact =
  | "recency_days"
  | "frequency"
  | "monetary"
  | "average_order_value"
  | "tenure_days"
  | "gap_days"
  | "products"
  | "quantity";
export type ParetoMissing = "drop" | "level" | "other";

export interface Pareto {
  params: ParetoParams;
  summary: ParetoSummary;
}
export interface ParetoParams {
  /**
   * Cumulative shares at which class A and class B end.
   *
   * @minItems 2
   * @maxItems 2
   */
  abc?: [number, number];
  /**
   * Which class the item on the border belongs to.
   */
  crossing?: "upper" | "lower";
  /**
   * What is summed per item.
   */
  measure?: "revenue" | "quantity" | "orders";
  /**
   * A role or a column: `customer`, `product`, a name, `{ role }` or `{ column }`.
   */
  of?: string | ParetoSpec;
  /**
   * What negative and zero lines mean.
   */
  refunds?: "net" | "drop" | "positive_only";
}
/**
 * Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
 */
export interface ParetoSpec {
  /**
   * As a number or as a category; by default text and booleans are categories, the rest numbers.
   */
  as?: ParetoKind | null;
  /**
   * The level that has no coefficient of its own; by default the first by code point.
   */
  baseline?: ParetoCell | null;
  /**
   * The column with this name.
   */
  column?: string | null;
  /**
   * Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
   */
  equals?: ParetoOneOrMany | null;
  /**
   * A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
   */
  expr?: string | null;
  /**
   * A customer fact; the unit of analysis is then the customer.
   */
  fact?: ParetoFact | null;
  /**
   * Levels seen less often than this become `~other`.
   */
  min_count?: number | null;
  /**
   * What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
   */
  missing?: ParetoMissing | null;
  /**
   * Names the coefficient, feature or frame column.
   */
  name?: string | null;
  /**
   * Levels from low to high, coded 0, 1, 2 ….
   */
  order?: ParetoCell[] | null;
  /**
   * Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
   */
  present?: boolean | null;
  /**
   * The column with this role (for `amount` also quantity × unit price).
   */
  role?: string | null;
}
export interface ParetoSummary {
  abc: ParetoClasses;
  /**
   * 0: all equal; towards 1: one has all.
   */
  gini: number | null;
  /**
   * Items with a positive sum.
   */
  n: number;
  /**
   * What is counted: the role or column of `of`.
   */
  of: string;
  top_20_percent: ParetoFifth;
  /**
   * Their sum.
   */
  total: number;
}
/**
 * Items per class.
 */
export interface ParetoClasses {
  /**
   * The few that bring most.
   */
  A: number;
  /**
   * The middle.
   */
  B: number;
  /**
   * The many that bring little.
   */
  C: number;
}
/**
 * What the largest fifth brings.
 */
export interface ParetoFifth {
  /**
   * ⌈0.2 · n⌉ items.
   */
  n: number;
  /**
   * Their share of the total, 0–1.
   */
  share: number | null;
}

/** Columns of the frame. */
export interface ParetoFrame {
  /** Item (text) */
  "value": (string | null)[];
  /** Sum (money) */
  "revenue": Float64Array | Int32Array | Uint8Array;
  /** Share (percent) */
  "share": Float64Array | Int32Array | Uint8Array;
  /** Cumulative share (percent) */
  "cumulative_share": Float64Array | Int32Array | Uint8Array;
  /** Class (text) */
  "abc": (string | null)[];
}

// ---- describe ----

/**
 * A column in parameters: its name, or an object that says which column and how it is meant.
 */
export type DescribeCol = string | DescribeSpec;
export type DescribeKind = "number" | "category";
/**
 * A value as it may stand in parameters: text, a number or a truth value.
 */
export type DescribeCell = string | boolean | number;
export type DescribeOneOrMany = DescribeCell | DescribeCell[];
/**
 * A customer fact.
 */
export type DescribeFact =
  | "recency_days"
  | "frequency"
  | "monetary"
  | "average_order_value"
  | "tenure_days"
  | "gap_days"
  | "products"
  | "quantity";
export type DescribeMissing = "drop" | "level" | "other";

export interface Describe {
  params: DescribeParams;
  summary: DescribeSummary;
}
export interface DescribeParams {
  /**
   * Number of histogram bins; by default round edges after Freedman and Diaconis, at most 50.
   */
  bins?: number | null;
  /**
   * Columns to describe; empty: all.
   */
  columns?: DescribeCol[];
  /**
   * Level of the interval of the mean.
   */
  level?: number;
  /**
   * Shares at which quantiles are given.
   */
  quantiles?: number[];
  /**
   * Share cut off at each end for the trimmed mean, below 0.5.
   */
  trim?: number;
}
/**
 * Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
 */
export interface DescribeSpec {
  /**
   * As a number or as a category; by default text and booleans are categories, the rest numbers.
   */
  as?: DescribeKind | null;
  /**
   * The level that has no coefficient of its own; by default the first by code point.
   */
  baseline?: DescribeCell | null;
  /**
   * The column with this name.
   */
  column?: string | null;
  /**
   * Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
   */
  equals?: DescribeOneOrMany | null;
  /**
   * A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
   */
  expr?: string | null;
  /**
   * A customer fact; the unit of analysis is then the customer.
   */
  fact?: DescribeFact | null;
  /**
   * Levels seen less often than this become `~other`.
   */
  min_count?: number | null;
  /**
   * What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
   */
  missing?: DescribeMissing | null;
  /**
   * Names the coefficient, feature or frame column.
   */
  name?: string | null;
  /**
   * Levels from low to high, coded 0, 1, 2 ….
   */
  order?: DescribeCell[] | null;
  /**
   * Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
   */
  present?: boolean | null;
  /**
   * The column with this role (for `amount` also quantity × unit price).
   */
  role?: string | null;
}
export interface DescribeSummary {
  columns: DescribeDescription[];
  /**
   * Rows looked at.
   */
  rows: number;
}
/**
 * One column. The figures from `mean` on exist for numbers only.
 */
export interface DescribeDescription {
  /**
   * sd / mean.
   */
  cv: number | null;
  /**
   * Different values.
   */
  distinct: number;
  /**
   * Dates: the first and the last day.
   */
  first: string | null;
  /**
   * Counts in equal bins, ascending; `from` is in, `to` is out but for the last bin. Where a few values lie far out, an open first or last bin
   * holds them.
   */
  histogram: DescribeBin[] | null;
  /**
   * Its values name things (ids, codes, phone and row numbers): the figures of numbers are there, but say nothing.
   */
  identifier: boolean;
  /**
   * 75 % quantile − 25 % quantile.
   */
  iqr: number | null;
  /**
   * Excess, adjusted, G2.
   */
  kurtosis: number | null;
  /**
   * Excess, g2.
   */
  kurtosis_biased: number | null;
  last: string | null;
  /**
   * Median absolute deviation from the median, raw.
   */
  mad: number | null;
  max: number | null;
  mean: number | null;
  /**
   * Interval of the mean by Student's t.
   *
   * @minItems 2
   * @maxItems 2
   */
  mean_ci: [number, number] | null;
  median: number | null;
  /**
   * Interval of the median between two of the values, by the binomial law: it holds without any assumption on their distribution. Null where so few
   * values cannot give one at this level.
   *
   * @minItems 2
   * @maxItems 2
   */
  median_ci: [number, number] | null;
  min: number | null;
  missing: number;
  /**
   * Cells with a value.
   */
  n: number;
  name: string;
  /**
   * Type 7, keyed by the share as asked for (`"0.25"`).
   */
  quantiles: {
    [k: string]: number;
  } | null;
  /**
   * Divisor n − 1.
   */
  sd: number | null;
  /**
   * Standard error of the mean.
   */
  se_mean: number | null;
  /**
   * Identifiers: how most of them are written, digits as 9, letters as A and a; null where they have no common form.
   */
  shape: string | null;
  /**
   * Adjusted, G1.
   */
  skewness: number | null;
  /**
   * g1.
   */
  skewness_biased: number | null;
  sum: number | null;
  /**
   * The ten most frequent values, ties by value.
   */
  top: DescribeTop[];
  /**
   * Mean without the share `trim` at each end.
   */
  trimmed_mean: number | null;
  /**
   * `integer`, `decimal`, `text`, `boolean`, `date`, `timestamp`; `number` for formulas and facts.
   */
  type: string;
  variance: number | null;
  /**
   * Whole numbers that are years of the calendar.
   */
  year: boolean;
}
export interface DescribeBin {
  from: number;
  n: number;
  /**
   * Wider than the others: all that lies further out.
   */
  open: boolean;
  to: number;
}
export interface DescribeTop {
  n: number;
  value: string;
}

/** Columns of the frame. */
export interface DescribeFrame {
  /** Column (text) */
  "name": (string | null)[];
  /** Type (text) */
  "type": (string | null)[];
  /** Type (Chinese) (text) */
  "type_zh": (string | null)[];
  /** Values (count) */
  "n": Float64Array | Int32Array | Uint8Array;
  /** Missing (count) */
  "missing": Float64Array | Int32Array | Uint8Array;
  /** Distinct (count) */
  "distinct": Float64Array | Int32Array | Uint8Array;
  /** Mean (number) */
  "mean": Float64Array | Int32Array | Uint8Array;
  /** Standard deviation (number) */
  "sd": Float64Array | Int32Array | Uint8Array;
  /** Minimum (number) */
  "min": Float64Array | Int32Array | Uint8Array;
  /** 25% quantile (number) */
  "p25": Float64Array | Int32Array | Uint8Array;
  /** Median (number) */
  "median": Float64Array | Int32Array | Uint8Array;
  /** 75% quantile (number) */
  "p75": Float64Array | Int32Array | Uint8Array;
  /** Maximum (number) */
  "max": Float64Array | Int32Array | Uint8Array;
}

// ---- correlate ----

/**
 * A column in parameters: its name, or an object that says which column and how it is meant.
 */
export type CorrelateCol = string | CorrelateSpec;
export type CorrelateKind = "number" | "category";
/**
 * A value as it may stand in parameters: text, a number or a truth value.
 */
export type CorrelateCell = string | boolean | number;
export type CorrelateOneOrMany = CorrelateCell | CorrelateCell[];
/**
 * A customer fact.
 */
export type CorrelateFact =
  | "recency_days"
  | "frequency"
  | "monetary"
  | "average_order_value"
  | "tenure_days"
  | "gap_days"
  | "products"
  | "quantity";
export type CorrelateMissing = "drop" | "level" | "other";
export type CorrelateMeasure =
  "pearson" | "spearman" | "kendall" | "cramers_v" | "point_biserial" | "correlation_ratio";

export interface Correlate {
  params: CorrelateParams;
  summary: CorrelateSummary;
}
export interface CorrelateParams {
  /**
   * Columns to compare, at least two; empty: all numbers that are no identifiers, and categories of at most 50 values, up to 30 columns.
   */
  columns?: CorrelateCol[];
  /**
   * Measures to compute; by default all that fit the two columns.
   */
  methods?: CorrelateMeasure[] | null;
  /**
   * Rows with all columns present, or for each pair those where both are.
   */
  rows?: "complete" | "pairwise";
}
/**
 * Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
 */
export interface CorrelateSpec {
  /**
   * As a number or as a category; by default text and booleans are categories, the rest numbers.
   */
  as?: CorrelateKind | null;
  /**
   * The level that has no coefficient of its own; by default the first by code point.
   */
  baseline?: CorrelateCell | null;
  /**
   * The column with this name.
   */
  column?: string | null;
  /**
   * Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
   */
  equals?: CorrelateOneOrMany | null;
  /**
   * A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
   */
  expr?: string | null;
  /**
   * A customer fact; the unit of analysis is then the customer.
   */
  fact?: CorrelateFact | null;
  /**
   * Levels seen less often than this become `~other`.
   */
  min_count?: number | null;
  /**
   * What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
   */
  missing?: CorrelateMissing | null;
  /**
   * Names the coefficient, feature or frame column.
   */
  name?: string | null;
  /**
   * Levels from low to high, coded 0, 1, 2 ….
   */
  order?: CorrelateCell[] | null;
  /**
   * Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
   */
  present?: boolean | null;
  /**
   * The column with this role (for `amount` also quantity × unit price).
   */
  role?: string | null;
}
export interface CorrelateSummary {
  /**
   * Rows used (complete), or rows with at least one pair (pairwise).
   */
  n: number;
  /**
   * Names so ordered that columns that move together stand together (average linkage on 1 − |association|).
   */
  order: string[];
  /**
   * x before y in the order of the columns.
   */
  pairs: CorrelatePair[];
}
export interface CorrelatePair {
  chi2_p: number | null;
  /**
   * η, 0–1: square root of the share of the number's variance that lies between the categories.
   */
  correlation_ratio: number | null;
  correlation_ratio_p: number | null;
  /**
   * Bias-corrected, 0–1.
   */
  cramers_v: number | null;
  /**
   * Tau-b.
   */
  kendall: number | null;
  kendall_p: number | null;
  /**
   * Rows behind this pair.
   */
  n: number;
  /**
   * Leading p (Pearson, else rank, chi-squared, or analysis of variance) after Benjamini–Hochberg over all pairs.
   */
  p_adjusted: number | null;
  pearson: number | null;
  /**
   * Its interval at 95 % (Fisher's z, 4 rows or more).
   *
   * @minItems 2
   * @maxItems 2
   */
  pearson_ci: [number, number] | null;
  pearson_p: number | null;
  /**
   * A number against a category of two levels, the later by code point counting 1.
   */
  point_biserial: number | null;
  point_biserial_p: number | null;
  spearman: number | null;
  /**
   * By t.
   */
  spearman_p: number | null;
  x: string;
  y: string;
}

/** Columns of the frame. */
export interface CorrelateFrame {
  /** Column (text) */
  "x": (string | null)[];
  /** Other column (text) */
  "y": (string | null)[];
  /** Rows (count) */
  "n": Float64Array | Int32Array | Uint8Array;
  /** Pearson (number) */
  "pearson": Float64Array | Int32Array | Uint8Array;
  /** Spearman (number) */
  "spearman": Float64Array | Int32Array | Uint8Array;
  /** Kendall τ-b (number) */
  "kendall": Float64Array | Int32Array | Uint8Array;
  /** Cramér's V (number) */
  "cramers_v": Float64Array | Int32Array | Uint8Array;
  /** Point-biserial (number) */
  "point_biserial": Float64Array | Int32Array | Uint8Array;
  /** Correlation ratio η (number) */
  "correlation_ratio": Float64Array | Int32Array | Uint8Array;
  /** Adjusted p (number) */
  "p_adjusted": Float64Array | Int32Array | Uint8Array;
}

// ---- regress ----

export type RegressFamily = "linear" | "logistic" | "poisson";
/**
 * A column in parameters: its name, or an object that says which column and how it is meant.
 */
export type RegressCol = string | RegressSpec;
export type RegressKind = "number" | "category";
/**
 * A value as it may stand in parameters: text, a number or a truth value.
 */
export type RegressCell = string | boolean | number;
export type RegressOneOrMany = RegressCell | RegressCell[];
/**
 * A customer fact.
 */
export type RegressFact =
  | "recency_days"
  | "frequency"
  | "monetary"
  | "average_order_value"
  | "tenure_days"
  | "gap_days"
  | "products"
  | "quantity";
export type RegressMissing = "drop" | "level" | "other";
/**
 * Errors that hold when the spread differs between rows.
 */
export type RegressRobust = "HC0" | "HC1" | "HC2" | "HC3";

export interface Regress {
  params: RegressParams;
  summary: RegressSummary;
}
export interface RegressParams {
  family?: RegressFamily;
  /**
   * What explains it.
   */
  features?: RegressCol[];
  intercept?: boolean;
  /**
   * Ridge penalty: l2/2 times the squared weights of the standardised features is added to what is minimised.
   */
  l2?: number;
  /**
   * Level of the intervals.
   */
  level?: number;
  /**
   * Kind of errors; null for classical ones; by default HC3 for linear, classical for the others.
   */
  robust?: RegressRobust | null;
  /**
   * What is explained: a number, yes/no (logistic), or counts (Poisson).
   */
  target?: RegressCol | null;
}
/**
 * Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
 */
export interface RegressSpec {
  /**
   * As a number or as a category; by default text and booleans are categories, the rest numbers.
   */
  as?: RegressKind | null;
  /**
   * The level that has no coefficient of its own; by default the first by code point.
   */
  baseline?: RegressCell | null;
  /**
   * The column with this name.
   */
  column?: string | null;
  /**
   * Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
   */
  equals?: RegressOneOrMany | null;
  /**
   * A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
   */
  expr?: string | null;
  /**
   * A customer fact; the unit of analysis is then the customer.
   */
  fact?: RegressFact | null;
  /**
   * Levels seen less often than this become `~other`.
   */
  min_count?: number | null;
  /**
   * What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
   */
  missing?: RegressMissing | null;
  /**
   * Names the coefficient, feature or frame column.
   */
  name?: string | null;
  /**
   * Levels from low to high, coded 0, 1, 2 ….
   */
  order?: RegressCell[] | null;
  /**
   * Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
   */
  present?: boolean | null;
  /**
   * The column with this role (for `amount` also quantity × unit price).
   */
  role?: string | null;
}
/**
 * What only the linear family has.
 */
export interface RegressSummary {
  adj_r2?: number | null;
  aic: number | null;
  /**
   * The levels without a coefficient of their own.
   */
  baselines: RegressBaseline[];
  bic: number | null;
  /**
   * Studentised Lagrange multiplier.
   */
  breusch_pagan?: number | null;
  breusch_pagan_p?: number | null;
  coefficients: RegressCoefficient[];
  /**
   * Largest over smallest singular value of the raw design.
   */
  condition_number?: number | null;
  df_residual?: number;
  /**
   * Poisson: Pearson's χ² over its degrees of freedom; 1 where counts spread as Poisson says.
   */
  dispersion?: number | null;
  /**
   * Terms left out because earlier ones explain them wholly (or they are constant).
   */
  dropped: string[];
  durbin_watson?: number | null;
  /**
   * Classical.
   */
  f?: number | null;
  f_p?: number | null;
  family: string | null;
  jarque_bera?: number | null;
  jarque_bera_p?: number | null;
  log_likelihood: number | null;
  log_likelihood_null?: number | null;
  lr_chi2?: number | null;
  lr_p?: number | null;
  /**
   * 1 − log-likelihood over that of the intercept alone.
   */
  mcfadden_r2?: number | null;
  n: number;
  /**
   * What was minimised: Σ loss + l2/2·‖w‖².
   */
  objective?: number | null;
  positives?: number | null;
  r2?: number | null;
  /**
   * Classical.
   */
  residual_se?: number | null;
  /**
   * `HC0` … `HC3`; null: classical errors.
   */
  robust: string | null;
  target: string;
}
export interface RegressBaseline {
  column: string;
  level: string;
}
export interface RegressCoefficient {
  ci_high: number | null;
  ci_low: number | null;
  column: string | null;
  estimate: number;
  /**
   * Weight of the feature divided by its population sd.
   */
  estimate_standardized: number | null;
  level: string | null;
  /**
   * `(intercept)`, `tenure`, `Contract=One year`.
   */
  name: string;
  /**
   * exp(estimate): odds ratio (logistic) or rate ratio (Poisson).
   */
  odds_ratio: number | null;
  p: number | null;
  std_error: number | null;
  /**
   * Linear family.
   */
  t: number | null;
  /**
   * Variance inflation factor; from 10 on the feature is hard to tell from the others.
   */
  vif: number | null;
  /**
   * Other families.
   */
  z: number | null;
}

/** Columns of the frame. */
export interface RegressFrame {
  /** Row (count) */
  "row": Float64Array | Int32Array | Uint8Array;
  /** Actual (number) */
  "actual": Float64Array | Int32Array | Uint8Array;
  /** Fitted (number) */
  "fitted": Float64Array | Int32Array | Uint8Array;
  /** Residual (number) */
  "residual": Float64Array | Int32Array | Uint8Array;
}

// ---- compare ----

/**
 * A column in parameters: its name, or an object that says which column and how it is meant.
 */
export type CompareCol = string | CompareSpec;
export type CompareKind = "number" | "category";
/**
 * A value as it may stand in parameters: text, a number or a truth value.
 */
export type CompareCell = string | boolean | number;
export type CompareOneOrMany = CompareCell | CompareCell[];
/**
 * A customer fact.
 */
export type CompareFact =
  | "recency_days"
  | "frequency"
  | "monetary"
  | "average_order_value"
  | "tenure_days"
  | "gap_days"
  | "products"
  | "quantity";
export type CompareMissing = "drop" | "level" | "other";

export interface Compare {
  params: CompareParams;
  summary: CompareSummary;
}
export interface CompareParams {
  /**
   * Which group a row belongs to.
   */
  by?: CompareCol | null;
  /**
   * Smallest difference worth finding, in the unit of the measure (yes/no: 0.02 is two percentage points); by default the one observed.
   */
  effect?: number | null;
  /**
   * Level of the intervals.
   */
  level?: number;
  /**
   * What is compared: a number, a category, or yes/no (0/1 by `equals`, or a boolean column).
   */
  measure?: CompareCol | null;
  /**
   * The two groups of the pair tests; by default the first two by code point.
   *
   * @minItems 2
   * @maxItems 2
   */
  pair?: [CompareCell, CompareCell] | null;
  /**
   * Chance with which a planned test should find the difference, 0–1; its error of the first kind is 1 − `level`.
   */
  power?: number;
}
/**
 * Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
 */
export interface CompareSpec {
  /**
   * As a number or as a category; by default text and booleans are categories, the rest numbers.
   */
  as?: CompareKind | null;
  /**
   * The level that has no coefficient of its own; by default the first by code point.
   */
  baseline?: CompareCell | null;
  /**
   * The column with this name.
   */
  column?: string | null;
  /**
   * Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
   */
  equals?: CompareOneOrMany | null;
  /**
   * A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
   */
  expr?: string | null;
  /**
   * A customer fact; the unit of analysis is then the customer.
   */
  fact?: CompareFact | null;
  /**
   * Levels seen less often than this become `~other`.
   */
  min_count?: number | null;
  /**
   * What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
   */
  missing?: CompareMissing | null;
  /**
   * Names the coefficient, feature or frame column.
   */
  name?: string | null;
  /**
   * Levels from low to high, coded 0, 1, 2 ….
   */
  order?: CompareCell[] | null;
  /**
   * Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
   */
  present?: boolean | null;
  /**
   * The column with this role (for `amount` also quantity × unit price).
   */
  role?: string | null;
}
export interface CompareSummary {
  anova?: CompareAnova | null;
  by: string;
  chi2?: CompareChi2 | null;
  /**
   * Uncorrected, 0–1.
   */
  cramers_v?: number | null;
  crosstab?: CompareCrosstab | null;
  /**
   * Exists for 2 × 2 tables; null beyond.
   */
  fisher?: CompareFisher | null;
  g_test?: CompareGTest | null;
  /**
   * Numbers: one per group, by code point.
   */
  groups?: CompareGroup[] | null;
  /**
   * `number`, `category` or `yes_no`.
   */
  kind: string;
  kruskal?: CompareKruskal | null;
  levene?: CompareLevene | null;
  measure: string;
  /**
   * Rows used.
   */
  n: number;
  pair?: ComparePairTests | null;
  /**
   * Numbers and yes/no: what these groups could have found, and how large a new test must be.
   */
  plan?: ComparePlan | null;
  /**
   * Yes/no: the pair of groups.
   */
  proportions?: CompareProportions | null;
}
export interface CompareAnova {
  df1: number;
  df2: number;
  /**
   * Share of the variance that lies between the groups.
   */
  eta_squared: number | null;
  f: number | null;
  p: number | null;
}
export interface CompareChi2 {
  chi2: number;
  /**
   * With Yates' correction for 2 × 2 tables; equal to `chi2` beyond.
   */
  chi2_yates: number;
  df: number;
  p: number | null;
  /**
   * Smallest expected count: below 5 the p is rough.
   */
  smallest_expected: number;
}
/**
 * Rows per group (rows) and value (columns), each by code point.
 */
export interface CompareCrosstab {
  cols: string[];
  counts: number[][];
  rows: string[];
}
export interface CompareFisher {
  /**
   * Of the sample, ad/bc; null when bc is 0.
   */
  odds_ratio: number | null;
  /**
   * Its interval on the logarithm (Woolf 1955); null with an empty cell.
   *
   * @minItems 2
   * @maxItems 2
   */
  odds_ratio_ci: [number, number] | null;
  p: number;
}
export interface CompareGTest {
  g: number;
  p: number | null;
}
export interface CompareGroup {
  group: string;
  mean: number;
  /**
   * By Student's t.
   *
   * @minItems 2
   * @maxItems 2
   */
  mean_ci: [number, number] | null;
  median: number;
  n: number;
  sd: number | null;
}
export interface CompareKruskal {
  df: number;
  h: number | null;
  p: number | null;
}
export interface CompareLevene {
  p: number | null;
  /**
   * About the medians.
   */
  w: number | null;
}
export interface ComparePairTests {
  a: string;
  b: string;
  /**
   * (mean a − mean b) over the pooled sd.
   */
  cohens_d: number | null;
  /**
   * Its interval at `level`, from the non-central t.
   *
   * @minItems 2
   * @maxItems 2
   */
  cohens_d_ci: [number, number] | null;
  ks: CompareKs;
  mann_whitney: CompareMannWhitney;
  student: CompareTTest;
  welch: CompareTTest;
}
export interface CompareKs {
  d: number;
  /**
   * One-sample law at round(n1·n2/(n1+n2)).
   */
  p: number | null;
}
export interface CompareMannWhitney {
  /**
   * Normal, corrected for ties and continuity.
   */
  p: number | null;
  /**
   * Chance that a value of a is above one of b, ties counting half: U over the number of pairs; 0.5 is no difference.
   */
  superiority: number;
  /**
   * Its interval (infinitesimal jackknife), within 0 and 1; null where all pairs are ordered alike, of which the error says nothing.
   *
   * @minItems 2
   * @maxItems 2
   */
  superiority_ci: [number, number] | null;
  /**
   * Of a: how often a value of a is above one of b, ties counting half.
   */
  u: number;
}
export interface CompareTTest {
  /**
   * Of the difference of the means, a − b.
   *
   * @minItems 2
   * @maxItems 2
   */
  ci: [number, number] | null;
  df: number | null;
  p: number | null;
  t: number | null;
}
/**
 * Two-sided test of the pair, the second group being the baseline.
 */
export interface ComparePlan {
  /**
   * Error of the first kind, 1 − `level`.
   */
  alpha: number;
  /**
   * Rate or mean of the second group.
   */
  baseline: number;
  /**
   * Smallest true difference that groups of the size at hand find with this power (rates: rise above the baseline); null where there is none.
   */
  detectable: number | null;
  /**
   * The same over the baseline.
   */
  detectable_relative: number | null;
  /**
   * The difference planned for: the one asked for, else the size of the observed one; null when that is 0.
   */
  effect: number | null;
  /**
   * Rows per group that find `effect` with this power, unrounded.
   */
  n_per_group: number | null;
  /**
   * Chance to find the difference.
   */
  power: number;
  /**
   * Pooled standard deviation; null for rates.
   */
  sd: number | null;
  /**
   * `two_proportions` (pooled z) or `two_means` (t).
   */
  test: string;
}
export interface CompareProportions {
  a: CompareProportion;
  b: CompareProportion;
  /**
   * @minItems 2
   * @maxItems 2
   */
  ci_newcombe: [number, number];
  /**
   * @minItems 2
   * @maxItems 2
   */
  ci_wald: [number, number];
  /**
   * Rate of a − rate of b.
   */
  difference: number;
  p: number | null;
  /**
   * a/b − 1.
   */
  relative_lift: number | null;
  /**
   * Its interval on the logarithm of a/b (Katz et al. 1978); null where a group has no yes.
   *
   * @minItems 2
   * @maxItems 2
   */
  relative_lift_ci: [number, number] | null;
  /**
   * Pooled.
   */
  z: number | null;
}
export interface CompareProportion {
  /**
   * @minItems 2
   * @maxItems 2
   */
  clopper_pearson: [number, number];
  group: string;
  n: number;
  /**
   * rate ± z·√(rate(1 − rate)/n); may leave 0–1.
   *
   * @minItems 2
   * @maxItems 2
   */
  normal: [number, number];
  rate: number;
  /**
   * @minItems 2
   * @maxItems 2
   */
  wilson: [number, number];
  /**
   * Rows that say yes.
   */
  x: number;
}

/** Columns of the frame. */
export interface CompareFrame {
  /** Group (text) */
  "group": (string | null)[];
  /** Rows (count) */
  "n": Float64Array | Int32Array | Uint8Array;
  /** Mean or share (number) */
  "value": Float64Array | Int32Array | Uint8Array;
  /** Interval from (number) */
  "low": Float64Array | Int32Array | Uint8Array;
  /** Interval to (number) */
  "high": Float64Array | Int32Array | Uint8Array;
}

// ---- segment ----

/**
 * A column in parameters: its name, or an object that says which column and how it is meant.
 */
export type SegmentCol = string | SegmentSpec;
export type SegmentKind = "number" | "category";
/**
 * A value as it may stand in parameters: text, a number or a truth value.
 */
export type SegmentCell = string | boolean | number;
export type SegmentOneOrMany = SegmentCell | SegmentCell[];
/**
 * A customer fact.
 */
export type SegmentFact =
  | "recency_days"
  | "frequency"
  | "monetary"
  | "average_order_value"
  | "tenure_days"
  | "gap_days"
  | "products"
  | "quantity";
export type SegmentMissing = "drop" | "level" | "other";
export type SegmentMethod = "kmeans" | "hierarchical" | "gaussian_mixture" | "dbscan";

export interface Segment {
  params: SegmentParams;
  summary: SegmentSummary;
}
export interface SegmentParams {
  /**
   * Customer facts are measured at this day (ISO); the day after the last order when absent.
   */
  as_of?: string | null;
  /**
   * An earlier day (ISO): which segment each customer was in by the orders before it, and who moved. Customer facts only.
   */
  compare_to?: string | null;
  /**
   * Principal components for the map.
   */
  components?: number;
  /**
   * DBSCAN: radius of a neighbourhood in scaled units; found from the data when absent.
   */
  eps?: number | null;
  /**
   * What the segments are made from: numeric columns, expressions or customer facts.
   */
  features?: SegmentCol[];
  /**
   * Number of segments, a list of numbers to try, or `"auto"` (2 to 8).
   */
  k?: number | number[] | "auto";
  /**
   * Hierarchical: what the distance of two groups is.
   */
  linkage?: "ward" | "complete" | "average" | "single";
  /**
   * Natural logarithm before scaling: of all features, of none, or of those named.
   */
  log?: boolean | string[];
  /**
   * How segments are formed.
   */
  method?: "kmeans" | "hierarchical" | "gaussian_mixture" | "dbscan";
  /**
   * DBSCAN: rows within `eps` (itself included) that make a row a core; twice the number of features when absent.
   */
  min_points?: number | null;
  /**
   * How features are brought to one scale.
   */
  scale?: "standard" | "robust" | "none";
  /**
   * Seed of all random steps.
   */
  seed?: number;
  /**
   * Whether the segments are tried on 20 bootstrap samples.
   */
  stability?: boolean;
  /**
   * Starts of k-means; the best is kept.
   */
  starts?: number;
}
/**
 * Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
 */
export interface SegmentSpec {
  /**
   * As a number or as a category; by default text and booleans are categories, the rest numbers.
   */
  as?: SegmentKind | null;
  /**
   * The level that has no coefficient of its own; by default the first by code point.
   */
  baseline?: SegmentCell | null;
  /**
   * The column with this name.
   */
  column?: string | null;
  /**
   * Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
   */
  equals?: SegmentOneOrMany | null;
  /**
   * A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
   */
  expr?: string | null;
  /**
   * A customer fact; the unit of analysis is then the customer.
   */
  fact?: SegmentFact | null;
  /**
   * Levels seen less often than this become `~other`.
   */
  min_count?: number | null;
  /**
   * What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
   */
  missing?: SegmentMissing | null;
  /**
   * Names the coefficient, feature or frame column.
   */
  name?: string | null;
  /**
   * Levels from low to high, coded 0, 1, 2 ….
   */
  order?: SegmentCell[] | null;
  /**
   * Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
   */
  present?: boolean | null;
  /**
   * The column with this role (for `amount` also quantity × unit price).
   */
  role?: string | null;
}
export interface SegmentSummary {
  /**
   * Every number tried, in the order asked for.
   */
  candidates: SegmentCandidate[];
  /**
   * DBSCAN: dense groups found; else null.
   */
  clusters: number | null;
  /**
   * DBSCAN: rows in the dense inside of a group; else null.
   */
  core_points: number | null;
  features: string[];
  /**
   * Hierarchical: n − 1 merge heights, ascending; else null.
   */
  heights: number[] | null;
  /**
   * Number of segments; for DBSCAN the number found.
   */
  k: number;
  k_reason: SegmentWords;
  method: SegmentMethod;
  /**
   * With `compare_to`: moves between the segments since; else null.
   */
  migration: SegmentMigration | null;
  n: number;
  /**
   * DBSCAN: rows outside all groups; else null.
   */
  noise: number | null;
  pca: SegmentPca;
  segments: Segment1[];
  /**
   * Rows the silhouette was computed from when not all (above 10,000); else null.
   */
  silhouette_sample: number | null;
  /**
   * `row` or `customer`.
   */
  unit: string;
}
/**
 * One number of segments that was tried.
 */
export interface SegmentCandidate {
  /**
   * Gaussian mixture only; smaller is better.
   */
  bic: number | null;
  /**
   * Larger is better.
   */
  calinski_harabasz: number | null;
  /**
   * Means in scaled units, ordered by the first coordinate.
   */
  centers: number[][];
  /**
   * Smaller is better.
   */
  davies_bouldin: number | null;
  /**
   * Sum of squared distances to the segments' means, scaled units.
   */
  inertia: number;
  k: number;
  /**
   * Gaussian mixture only.
   */
  log_likelihood: number | null;
  /**
   * −1 to 1: how much nearer a row is to its own segment than to the next; null with one segment.
   */
  silhouette: number | null;
  /**
   * Rows of each segment, ascending.
   */
  sizes: number[];
}
/**
 * Why that many.
 */
export interface SegmentWords {
  en: string;
  zh: string;
}
export interface SegmentMigration {
  /**
   * Customers that had a segment at both days.
   */
  both: number;
  /**
   * The earlier day (ISO).
   */
  compare_to: string;
  moves: SegmentMove[];
  /**
   * Of those, how many stayed where they were.
   */
  stayed: number;
}
/**
 * Customers that went from one segment to another; null: not there yet, or without all features.
 */
export interface SegmentMove {
  customers: number;
  from: number | null;
  /**
   * Of all that were in `from`.
   */
  share: number;
  to: number | null;
}
export interface SegmentPca {
  /**
   * Of the whole variance.
   */
  explained_ratio: number[];
  /**
   * Variances of the components (divisor n − 1), scaled units.
   */
  explained_variance: number[];
  /**
   * One row per component, one number per feature; the largest in size is positive.
   */
  loadings: number[][];
}
export interface Segment1 {
  /**
   * Means in the features' own units.
   */
  center: {
    [k: string]: number;
  };
  /**
   * Features that lie at least half a standard deviation from the average, most distinctive first.
   */
  differs: SegmentDifference[];
  /**
   * 1 for the largest.
   */
  id: number;
  medoid: SegmentMedoid;
  name: SegmentWords2;
  /**
   * Of all rows used, noise included.
   */
  share: number;
  size: number;
  /**
   * Mean Jaccard similarity over bootstrap samples, 0–1; null when it was not tried.
   */
  stability: number | null;
}
/**
 * How a segment differs from all rows in one feature.
 */
export interface SegmentDifference {
  /**
   * (mean of the segment − mean of all) / standard deviation of all, after the logarithm where one is taken.
   */
  difference: number;
  feature: string;
  words: SegmentWords1;
}
/**
 * In words: "high income".
 */
export interface SegmentWords1 {
  en: string;
  zh: string;
}
/**
 * The member nearest to the segment's mean.
 */
export interface SegmentMedoid {
  /**
   * Customer id; null for rows.
   */
  customer: string | null;
  /**
   * 0-based row of the file; null for customers.
   */
  row: number | null;
  /**
   * Its values, in the features' own units.
   */
  values: {
    [k: string]: number;
  };
}
/**
 * What sets it apart, in words; "near the average" where nothing does; a number only ("Segment 1") where its stability is below 0.6.
 */
export interface SegmentWords2 {
  en: string;
  zh: string;
}

/** Columns of the frame. */
export interface SegmentFrame {
  /** Row (count) */
  "row": Float64Array | Int32Array | Uint8Array;
  /** Customer (text) */
  "customer": (string | null)[];
  /** Segment (count) */
  "segment": Float64Array | Int32Array | Uint8Array;
  /** Core of a dense group (count) */
  "core": Float64Array | Int32Array | Uint8Array;
  /** Distance to the segment's mean (number) */
  "distance": Float64Array | Int32Array | Uint8Array;
  /** Map, first axis (number) */
  "pc1": Float64Array | Int32Array | Uint8Array;
  /** Map, second axis (number) */
  "pc2": Float64Array | Int32Array | Uint8Array;
}

// ---- lifecycle ----

export interface Lifecycle {
  params: LifecycleParams;
  summary: LifecycleSummary;
}
export interface LifecycleParams {
  /**
   * The day of judgement (ISO); default: the day after the last order. Later orders are left out.
   */
  as_of?: string | null;
  /**
   * The period of the flow.
   */
  period?: "week" | "month" | "quarter" | "year";
  /**
   * What negative and zero lines mean.
   */
  refunds?: "net" | "drop" | "positive_only";
  rules?: LifecycleRules;
}
/**
 * The rules that tell the stages apart.
 */
export interface LifecycleRules {
  /**
   * Gaps of its own after which a customer is at risk.
   */
  at_risk_after?: number;
  /**
   * Gaps of its own after which a customer has lapsed.
   */
  lapsed_after?: number;
  /**
   * Orders from which a customer is loyal (since coming back, if it had lapsed).
   */
  loyal_orders?: number;
}
export interface LifecycleSummary {
  /**
   * The day of judgement.
   */
  as_of: string;
  /**
   * Customers with an order by then.
   */
  customers: number;
  flow: LifecycleFlow[];
  /**
   * Median days between purchase days over all customers: the yardstick for those with fewer than two gaps.
   */
  median_gap_days: number;
  stages: LifecycleStage[];
  transitions: LifecycleTransition[];
}
export interface LifecycleFlow {
  /**
   * Label of the period; stages are those at its end.
   */
  period: string;
  /**
   * Customers per stage.
   */
  stages: {
    [k: string]: number;
  };
}
export interface LifecycleStage {
  /**
   * Customers in it on the day of judgement.
   */
  customers: number;
  /**
   * `new`, `active`, `loyal`, `at_risk`, `lapsed` or `won_back`.
   */
  id: string;
  /**
   * Median days since they entered the stage.
   */
  median_days_in_stage: number | null;
  name: LifecycleWords;
  /**
   * What they have spent so far; null without an amount.
   */
  revenue: number | null;
  /**
   * Share of all customers, 0–1.
   */
  share: number | null;
}
/**
 * Its name in both languages.
 */
export interface LifecycleWords {
  en: string;
  zh: string;
}
/**
 * Customers that were in one stage at the end of a period and in another at the end of the next, all periods pooled.
 */
export interface LifecycleTransition {
  from: string;
  /**
   * Customers, counted once per period.
   */
  n: number;
  /**
   * Share of those who were in `from`, 0–1.
   */
  p: number;
  to: string;
}

/** Columns of the frame. */
export interface LifecycleFrame {
  /** Customer (text) */
  "customer": (string | null)[];
  /** Stage (text) */
  "stage": (string | null)[];
  /** Since (date) */
  "since": (string | null)[];
  /** Last order (date) */
  "last_date": (string | null)[];
  /** Usual gap (days) */
  "gap_days": Float64Array | Int32Array | Uint8Array;
  /** Lateness (gaps) (number) */
  "lateness": Float64Array | Int32Array | Uint8Array;
}

// ---- clv ----

/**
 * A column in parameters: its name, or an object that says which column and how it is meant.
 */
export type ClvCol = string | ClvSpec;
export type ClvKind = "number" | "category";
/**
 * A value as it may stand in parameters: text, a number or a truth value.
 */
export type ClvCell = string | boolean | number;
export type ClvOneOrMany = ClvCell | ClvCell[];
/**
 * A customer fact.
 */
export type ClvFact =
  | "recency_days"
  | "frequency"
  | "monetary"
  | "average_order_value"
  | "tenure_days"
  | "gap_days"
  | "products"
  | "quantity";
export type ClvMissing = "drop" | "level" | "other";
/**
 * A `Col` that is 0/1, boolean or of the `equals` or `present` form; 1 is the event.
 */
export type ClvYesNo = string | ClvSpec;
export type ClvSpendId = "gamma_gamma";

export interface Clv {
  params: ClvParams;
  summary: ClvSummary;
}
export interface ClvParams {
  /**
   * Last day (ISO) the model sees; default: the last day with an order.
   */
  calibration_end?: string | null;
  /**
   * Columns that already hold frequency, recency and T.
   */
  columns?: ClvColumns | null;
  /**
   * Discount rate a month.
   */
  discount_rate?: number;
  /**
   * `s_bg`: whole periods a contract has lasted.
   */
  duration?: ClvCol | null;
  /**
   * `s_bg`: whether it was ended.
   */
  event?: ClvYesNo | null;
  /**
   * Last day (ISO) of the check after it; default: the last day with an order.
   */
  holdout_end?: string | null;
  /**
   * Time ahead for the expected purchases, in time units; default: a year.
   */
  horizon?: number | null;
  /**
   * Level of the intervals, 0–1.
   */
  level?: number;
  /**
   * Share of spend that counts as value; with `s_bg`, money a period.
   */
  margin?: number;
  /**
   * Model of buying and leaving; `s_bg` is for contracts.
   */
  model?: "bg_nbd" | "mbg_nbd" | "pareto_nbd" | "s_bg";
  /**
   * Months ahead for the value.
   */
  months?: number;
  /**
   * Times after the first purchase at which a new customer's purchases are wanted.
   */
  new_customer_at?: number[];
  /**
   * Apply these parameters by name instead of fitting.
   */
  parameters?: {
    [k: string]: number;
  } | null;
  /**
   * What negative and zero lines mean.
   */
  refunds?: "net" | "drop" | "positive_only";
  /**
   * Model of money; by default there when the data have money, `null` for none.
   */
  spend?: ClvSpendId | null;
  /**
   * Apply these p, q, v instead of fitting.
   */
  spend_parameters?: {
    [k: string]: number;
  } | null;
  /**
   * Unit of all times.
   */
  time_unit?: "day" | "week" | "month";
}
/**
 * Columns that already hold the history of each customer, in time units.
 */
export interface ClvColumns {
  /**
   * First purchase to the end of watching.
   */
  T: string;
  /**
   * Customer id; default: the row number.
   */
  customer?: string | null;
  /**
   * Repeat purchases.
   */
  frequency: string;
  /**
   * Mean spend of the repeat purchases.
   */
  monetary?: string | null;
  /**
   * First to last purchase.
   */
  recency: string;
}
/**
 * Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
 */
export interface ClvSpec {
  /**
   * As a number or as a category; by default text and booleans are categories, the rest numbers.
   */
  as?: ClvKind | null;
  /**
   * The level that has no coefficient of its own; by default the first by code point.
   */
  baseline?: ClvCell | null;
  /**
   * The column with this name.
   */
  column?: string | null;
  /**
   * Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
   */
  equals?: ClvOneOrMany | null;
  /**
   * A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
   */
  expr?: string | null;
  /**
   * A customer fact; the unit of analysis is then the customer.
   */
  fact?: ClvFact | null;
  /**
   * Levels seen less often than this become `~other`.
   */
  min_count?: number | null;
  /**
   * What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
   */
  missing?: ClvMissing | null;
  /**
   * Names the coefficient, feature or frame column.
   */
  name?: string | null;
  /**
   * Levels from low to high, coded 0, 1, 2 ….
   */
  order?: ClvCell[] | null;
  /**
   * Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
   */
  present?: boolean | null;
  /**
   * The column with this role (for `amount` also quantity × unit price).
   */
  role?: string | null;
}
export interface ClvSummary {
  /**
   * The same check when no end of calibration was given: fitted on the first 70 % of the time, held against the rest.
   */
  backtest: ClvHoldout | null;
  /**
   * `no_dropout`: nobody seems to leave; `all_or_nothing`: leaving happens at the first chance or never; `no_heterogeneity`: all customers
   * alike; null: none of these.
   */
  boundary: string | null;
  /**
   * ISO date; null for columns already summarised.
   */
  calibration_end: string | null;
  clv: ClvTotal;
  /**
   * Customers with a purchase up to the end of calibration.
   */
  customers: number;
  /**
   * Purchases of all customers within the horizon.
   */
  expected_purchases: number;
  /**
   * Against what happened after `calibration_end`; null when nothing lies behind it.
   */
  holdout: ClvHoldout | null;
  /**
   * In time units.
   */
  horizon: number;
  /**
   * At these parameters; null where it does not exist.
   */
  log_likelihood: number | null;
  /**
   * Mean probability that a customer will still buy, 0–1.
   */
  mean_p_alive: number;
  /**
   * The model of purchases.
   */
  model: "bg_nbd" | "mbg_nbd" | "pareto_nbd" | "s_bg";
  /**
   * Repeat purchases of a new customer in the first t.
   */
  new_customer: ClvNewCustomer[];
  /**
   * Discounted value of the repeat purchases of a new customer over `months`, with an interval; null without money.
   */
  new_customer_value: ClvRange | null;
  /**
   * By name; null: means nothing at this boundary.
   */
  parameters: {
    [k: string]: number | null;
  };
  /**
   * Of them, with a repeat purchase.
   */
  repeat_customers: number;
  /**
   * The model of money; null without money, or when it was not asked for.
   */
  spend: ClvSpend | null;
  /**
   * Standard errors from the Hessian; null: given, or not identified.
   */
  std_errors: {
    [k: string]: number | null;
  };
  /**
   * Unit of all times below.
   */
  time_unit: "day" | "week" | "month";
}
/**
 * Purchases foretold and made after the end of calibration.
 */
export interface ClvHoldout {
  /**
   * Purchases they made.
   */
  actual: number;
  /**
   * What a guess would have scored.
   */
  baselines: ClvBaseline[];
  /**
   * By the purchases before: customers, and mean purchases made and expected.
   */
  by_frequency: ClvByFrequency[];
  /**
   * All repeat purchases since the first day, made and expected.
   */
  cumulative: ClvCumulative[];
  /**
   * Customers foretold.
   */
  customers: number;
  /**
   * Purchases expected.
   */
  expected: number;
  /**
   * Last day the model saw.
   */
  from: string;
  /**
   * Mean absolute error per customer, in purchases.
   */
  mae: number;
  /**
   * Root mean squared error per customer.
   */
  rmse: number;
  /**
   * Last day foretold.
   */
  to: string;
  /**
   * The model's mean absolute error is below that of every baseline.
   */
  wins: boolean;
}
export interface ClvBaseline {
  /**
   * `same_rate`: as often as so far; `everyone`: as often as all customers on average.
   */
  id: string;
  /**
   * Mean absolute error per customer.
   */
  mae: number;
  /**
   * Root mean squared error per customer.
   */
  rmse: number;
}
export interface ClvByFrequency {
  /**
   * Mean purchases made.
   */
  actual: number;
  /**
   * Customers with so many.
   */
  customers: number;
  /**
   * Mean purchases expected.
   */
  expected: number;
  /**
   * Repeat purchases in calibration; the last one means "or more".
   */
  frequency: number;
}
export interface ClvCumulative {
  /**
   * Repeat purchases made up to and on it.
   */
  actual: number;
  /**
   * ISO date.
   */
  date: string;
  /**
   * Repeat purchases expected.
   */
  expected: number;
}
/**
 * Value of all customers.
 */
export interface ClvTotal {
  /**
   * A month, 0–1.
   */
  discount_rate: number;
  /**
   * Upper end.
   */
  high: number | null;
  /**
   * Interval of what they will bring together: errors of the fitted parameters and the luck of every customer. Null without money.
   */
  low: number | null;
  /**
   * Months ahead.
   */
  months: number;
  /**
   * Standard error of the total from the fitted parameters; null where they were given or are not identified.
   */
  std_error_fit: number | null;
  /**
   * Standard deviation of the total at these parameters: what customers happen to do; null where it is infinite (q ≤ 2).
   */
  std_error_luck: number | null;
  /**
   * Discounted value of all customers; null without money.
   */
  total: number | null;
}
export interface ClvNewCustomer {
  /**
   * Mean number of repeat purchases by then.
   */
  expected_purchases: number;
  /**
   * In time units.
   */
  t: number;
}
export interface ClvRange {
  /**
   * Upper end.
   */
  high: number | null;
  /**
   * Interval from the errors of the parameters; null when they were given.
   */
  low: number | null;
  /**
   * In the unit of the amount column.
   */
  value: number;
}
export interface ClvSpend {
  /**
   * Pearson correlation of frequency and mean spend, which the model takes to be 0.
   */
  frequency_correlation: number | null;
  /**
   * At these parameters.
   */
  log_likelihood: number | null;
  /**
   * Mean spend a purchase over all customers; null where the model has none (q ≤ 1).
   */
  mean: number | null;
  /**
   * Customers with repeat purchases and positive mean spend.
   */
  n: number;
  /**
   * p, q, v.
   */
  parameters: {
    [k: string]: number;
  };
  /**
   * Standard errors from the Hessian; null: given, or not identified.
   */
  std_errors: {
    [k: string]: number | null;
  };
}

/** Columns of the frame. */
export interface ClvFrame {
  /** Customer (text) */
  "customer": (string | null)[];
  /** Row (count) */
  "row": Float64Array | Int32Array | Uint8Array;
  /** Repeat purchase days (count) */
  "frequency": Float64Array | Int32Array | Uint8Array;
  /** First to last purchase (number) */
  "recency": Float64Array | Int32Array | Uint8Array;
  /** Time since first purchase (number) */
  "T": Float64Array | Int32Array | Uint8Array;
  /** Mean spend a repeat day (money) */
  "monetary": Float64Array | Int32Array | Uint8Array;
  /** Will still buy (percent) */
  "p_alive": Float64Array | Int32Array | Uint8Array;
  /** Expected purchases (number) */
  "expected_purchases": Float64Array | Int32Array | Uint8Array;
  /** Own purchases, at least (count) */
  "purchases_low": Float64Array | Int32Array | Uint8Array;
  /** Own purchases, at most (count) */
  "purchases_high": Float64Array | Int32Array | Uint8Array;
  /** Expected spend a purchase (money) */
  "expected_spend": Float64Array | Int32Array | Uint8Array;
  /** Expected value (money) */
  "clv": Float64Array | Int32Array | Uint8Array;
  /** Expected value, low (money) */
  "clv_low": Float64Array | Int32Array | Uint8Array;
  /** Expected value, high (money) */
  "clv_high": Float64Array | Int32Array | Uint8Array;
}

// ---- survival ----

/**
 * A column in parameters: its name, or an object that says which column and how it is meant.
 */
export type SurvivalCol = string | SurvivalSpec;
export type SurvivalKind = "number" | "category";
/**
 * A value as it may stand in parameters: text, a number or a truth value.
 */
export type SurvivalCell = string | boolean | number;
export type SurvivalOneOrMany = SurvivalCell | SurvivalCell[];
/**
 * A customer fact.
 */
export type SurvivalFact =
  | "recency_days"
  | "frequency"
  | "monetary"
  | "average_order_value"
  | "tenure_days"
  | "gap_days"
  | "products"
  | "quantity";
export type SurvivalMissing = "drop" | "level" | "other";
/**
 * A `Col` that is 0/1, boolean or of the `equals` or `present` form; 1 is the event.
 */
export type SurvivalYesNo = string | SurvivalSpec;

export interface Survival {
  params: SurvivalParams;
  summary: SurvivalSummary;
}
export interface SurvivalParams {
  /**
   * Groups to compare.
   */
  by?: SurvivalCol | null;
  /**
   * Covariates of a Cox model; none: no model.
   */
  covariates?: SurvivalCol[];
  /**
   * Time until the event or until watching ended; any unit, not negative.
   */
  duration?: SurvivalCol | null;
  /**
   * Whether the event happened (1) or watching ended first (0).
   */
  event?: SurvivalYesNo | null;
  /**
   * Level of the intervals, 0–1.
   */
  level?: number;
  /**
   * End of the restricted mean; default: the largest time.
   */
  tau?: number | null;
  /**
   * How Cox's model treats events at the same time.
   */
  ties?: "efron" | "breslow";
  /**
   * Times at which the curve is reported.
   */
  times?: number[];
}
/**
 * Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
 */
export interface SurvivalSpec {
  /**
   * As a number or as a category; by default text and booleans are categories, the rest numbers.
   */
  as?: SurvivalKind | null;
  /**
   * The level that has no coefficient of its own; by default the first by code point.
   */
  baseline?: SurvivalCell | null;
  /**
   * The column with this name.
   */
  column?: string | null;
  /**
   * Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
   */
  equals?: SurvivalOneOrMany | null;
  /**
   * A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
   */
  expr?: string | null;
  /**
   * A customer fact; the unit of analysis is then the customer.
   */
  fact?: SurvivalFact | null;
  /**
   * Levels seen less often than this become `~other`.
   */
  min_count?: number | null;
  /**
   * What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
   */
  missing?: SurvivalMissing | null;
  /**
   * Names the coefficient, feature or frame column.
   */
  name?: string | null;
  /**
   * Levels from low to high, coded 0, 1, 2 ….
   */
  order?: SurvivalCell[] | null;
  /**
   * Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
   */
  present?: boolean | null;
  /**
   * The column with this role (for `amount` also quantity × unit price).
   */
  role?: string | null;
}
export interface SurvivalSummary {
  /**
   * The curve at the times asked for.
   */
  at_times: SurvivalAtTime[];
  /**
   * Cox's model; null without covariates.
   */
  cox: SurvivalCoxSummary | null;
  /**
   * Of them, with the event.
   */
  events: number;
  /**
   * The same with early events weighing more.
   */
  gehan_wilcoxon: SurvivalRankTest | null;
  /**
   * One entry per group of `by`, in the order of their labels; empty without `by`.
   */
  groups: SurvivalGroup[];
  /**
   * Do the groups differ: every event weighs the same. Null without groups.
   */
  logrank: SurvivalRankTest | null;
  /**
   * Time by which half had the event, in the unit of the duration; null when the curve stays above one half.
   */
  median: number | null;
  /**
   * Its interval; an end that is not reached is null.
   *
   * @minItems 2
   * @maxItems 2
   */
  median_ci: [number | null, number | null];
  /**
   * Rows used.
   */
  n: number;
  restricted_mean: SurvivalRestrictedMean;
}
export interface SurvivalAtTime {
  /**
   * Rows with duration ≥ t.
   */
  at_risk: number;
  /**
   * Upper end.
   */
  ci_high: number;
  /**
   * Log-log interval, lower end.
   */
  ci_low: number;
  /**
   * Nelson–Aalen: Σ d/n.
   */
  cumulative_hazard: number;
  /**
   * Greenwood's standard error of the share.
   */
  std_error: number;
  /**
   * Share without the event after t, 0–1.
   */
  survival: number;
  /**
   * In the unit of the duration.
   */
  t: number;
}
export interface SurvivalCoxSummary {
  /**
   * One per covariate kept, in their order.
   */
  coefficients: SurvivalCoefficient[];
  /**
   * Share of comparable pairs that the model orders rightly; 0.5 is chance.
   */
  concordance: number;
  /**
   * Its interval, within 0 and 1; null where all pairs are ordered alike, of which the error says nothing.
   *
   * @minItems 2
   * @maxItems 2
   */
  concordance_ci: [number, number] | null;
  /**
   * Its standard error (infinitesimal jackknife); null where no two rows can be compared.
   */
  concordance_std_error: number | null;
  /**
   * Covariates left out because they are constant or follow from earlier ones.
   */
  dropped: string[];
  /**
   * Log partial likelihood.
   */
  log_likelihood: number;
  /**
   * The same without covariates.
   */
  log_likelihood_null: number;
  /**
   * Likelihood-ratio test of all coefficients at once; df = number of coefficients.
   */
  lr_chi2: number;
  /**
   * Score test of the same.
   */
  score_chi2: number;
  /**
   * How ties were treated.
   */
  ties: "efron" | "breslow";
  /**
   * Wald test of the same.
   */
  wald_chi2: number;
}
export interface SurvivalCoefficient {
  /**
   * Upper end.
   */
  ci_high: number;
  /**
   * Interval of the hazard ratio, lower end.
   */
  ci_low: number;
  /**
   * The column it comes from.
   */
  column: string;
  /**
   * ln hazard ratio per unit.
   */
  estimate: number;
  /**
   * e^estimate: how much sooner per unit; 1 is no difference.
   */
  hazard_ratio: number;
  /**
   * The level of a category; null for numbers.
   */
  level: string | null;
  /**
   * `column`, or `column=level`.
   */
  name: string;
  /**
   * Two-sided, normal.
   */
  p: number;
  /**
   * Small: the hazard ratio changes with time (scaled Schoenfeld residuals against 1 − Kaplan–Meier just before each event).
   */
  schoenfeld_p: number | null;
  /**
   * Standard error of the estimate.
   */
  std_error: number;
  /**
   * Estimate over standard error.
   */
  z: number;
}
export interface SurvivalRankTest {
  /**
   * Test statistic.
   */
  chi2: number;
  /**
   * Groups that can be told apart, less one.
   */
  df: number;
  /**
   * Chance of so large a statistic if the groups were alike.
   */
  p: number;
}
export interface SurvivalGroup {
  /**
   * Of them, with the event.
   */
  events: number;
  /**
   * Its label.
   */
  group: string;
  /**
   * Time by which half had the event; null when not reached.
   */
  median: number | null;
  /**
   * Its interval; an end that is not reached is null.
   *
   * @minItems 2
   * @maxItems 2
   */
  median_ci: [number | null, number | null];
  /**
   * Rows.
   */
  n: number;
}
/**
 * Mean time within the first `tau`.
 */
export interface SurvivalRestrictedMean {
  /**
   * Its interval, within 0 and `tau`.
   *
   * @minItems 2
   * @maxItems 2
   */
  ci: [number, number];
  /**
   * Standard error of the mean.
   */
  std_error: number;
  /**
   * Upper end, in the unit of the duration.
   */
  tau: number;
  /**
   * Mean time without the event within the first `tau`.
   */
  value: number;
}

/** Columns of the frame. */
export interface SurvivalFrame {
  /** Group (text) */
  "group": (string | null)[];
  /** Time (number) */
  "t": Float64Array | Int32Array | Uint8Array;
  /** Watched until then (count) */
  "at_risk": Float64Array | Int32Array | Uint8Array;
  /** Events (count) */
  "events": Float64Array | Int32Array | Uint8Array;
  /** Share without the event (percent) */
  "survival": Float64Array | Int32Array | Uint8Array;
  /** Low (percent) */
  "ci_low": Float64Array | Int32Array | Uint8Array;
  /** High (percent) */
  "ci_high": Float64Array | Int32Array | Uint8Array;
  /** Cumulative hazard (number) */
  "cumulative_hazard": Float64Array | Int32Array | Uint8Array;
}

// ---- churn ----

/**
 * A column in parameters: its name, or an object that says which column and how it is meant.
 */
export type ChurnCol = string | ChurnSpec;
export type ChurnKind2 = "number" | "category";
/**
 * A value as it may stand in parameters: text, a number or a truth value.
 */
export type ChurnCell = string | boolean | number;
export type ChurnOneOrMany = ChurnCell | ChurnCell[];
/**
 * A customer fact.
 */
export type ChurnFact =
  | "recency_days"
  | "frequency"
  | "monetary"
  | "average_order_value"
  | "tenure_days"
  | "gap_days"
  | "products"
  | "quantity";
export type ChurnMissing = "drop" | "level" | "other";
/**
 * A `Col` that is 0/1, boolean or of the `equals` or `present` form; 1 is the event.
 */
export type ChurnYesNo = string | ChurnSpec;

export interface Churn {
  params: ChurnParams;
  summary: ChurnSummary;
}
export interface ChurnParams {
  /**
   * The day (ISO) from which is counted; default: the day after the last order. Contracts that end later are still there; by default
   * every day of leaving counts.
   */
  as_of?: string | null;
  /**
   * Non-contractual: days without a purchase after which a customer counts as gone; default: 90 % quantile of the gaps.
   */
  churned_after_days?: number | null;
  /**
   * Contractual: how long the customer has been there; one of the features.
   */
  duration?: ChurnCol | null;
  /**
   * Contractual: the customer has left (1) or not (0); or a column of dates, the day on which each left, empty where none did.
   */
  event?: ChurnYesNo | null;
  /**
   * Contractual: what may tell who leaves.
   */
  features?: ChurnCol[];
  /**
   * Non-contractual: days ahead for which the probability of not buying is given.
   */
  horizon_days?: number;
  /**
   * Do customers end a contract, or just stop coming?
   */
  kind?: ("contractual" | "non_contractual") | "auto";
  /**
   * What negative and zero lines mean.
   */
  refunds?: "net" | "drop" | "positive_only";
}
/**
 * Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
 */
export interface ChurnSpec {
  /**
   * As a number or as a category; by default text and booleans are categories, the rest numbers.
   */
  as?: ChurnKind2 | null;
  /**
   * The level that has no coefficient of its own; by default the first by code point.
   */
  baseline?: ChurnCell | null;
  /**
   * The column with this name.
   */
  column?: string | null;
  /**
   * Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
   */
  equals?: ChurnOneOrMany | null;
  /**
   * A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
   */
  expr?: string | null;
  /**
   * A customer fact; the unit of analysis is then the customer.
   */
  fact?: ChurnFact | null;
  /**
   * Levels seen less often than this become `~other`.
   */
  min_count?: number | null;
  /**
   * What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
   */
  missing?: ChurnMissing | null;
  /**
   * Names the coefficient, feature or frame column.
   */
  name?: string | null;
  /**
   * Levels from low to high, coded 0, 1, 2 ….
   */
  order?: ChurnCell[] | null;
  /**
   * Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
   */
  present?: boolean | null;
  /**
   * The column with this role (for `amount` also quantity × unit price).
   */
  role?: string | null;
}
export interface ChurnSummary {
  /**
   * Of them, gone by the definition.
   */
  churned: number;
  /**
   * Customers looked at.
   */
  customers: number;
  definition: ChurnDefinition;
  /**
   * Sum of the probabilities on the watch list.
   */
  expected_churned: number;
  /**
   * How well the probabilities told who left; null when there is too little to hold out.
   */
  holdout: ChurnHoldout | null;
  /**
   * `contractual` or `non_contractual`.
   */
  kind: ("contractual" | "non_contractual") | "auto";
  /**
   * Σ probability × value over the watch list; null without money.
   */
  money_at_risk: number | null;
  /**
   * churned / customers.
   */
  rate: number;
}
/**
 * When a customer counts as gone.
 */
export interface ChurnDefinition {
  /**
   * Days without a purchase; null with contracts.
   */
  churned_after_days: number | null;
  reason: ChurnWords;
}
/**
 * Why this definition.
 */
export interface ChurnWords {
  en: string;
  zh: string;
}
export interface ChurnHoldout {
  /**
   * Area under the ROC curve; 0.5 is chance.
   */
  auc: number | null;
  baseline: ChurnBaseline;
  /**
   * Of them, those who left in the held-out stretch, or out of fold.
   */
  churned: number;
  /**
   * Customers scored.
   */
  customers: number;
  /**
   * Mean −ln of the probability given to what happened.
   */
  log_loss: number;
  /**
   * Better than the baseline in both.
   */
  wins: boolean;
}
/**
 * What to beat.
 */
export interface ChurnBaseline {
  /**
   * Its area under the ROC curve.
   */
  auc: number | null;
  /**
   * `days_since_last`: ranked by days since the last purchase; `base_rate`: the same for everybody.
   */
  id: string;
  /**
   * Of the overall rate given to everybody.
   */
  log_loss: number;
}

/** Columns of the frame. */
export interface ChurnFrame {
  /** Customer (text) */
  "customer": (string | null)[];
  /** Probability to leave (percent) */
  "probability": Float64Array | Int32Array | Uint8Array;
  /** Late by (own gaps) (number) */
  "lateness": Float64Array | Int32Array | Uint8Array;
  /** Value (money) */
  "value": Float64Array | Int32Array | Uint8Array;
  /** Money at risk (money) */
  "money_at_risk": Float64Array | Int32Array | Uint8Array;
  /** Reasons (text) */
  "reasons": (string | null)[];
  /** Reasons (Chinese) (text) */
  "reasons_zh": (string | null)[];
}

// ---- classify ----

/**
 * A column in parameters: its name, or an object that says which column and how it is meant.
 */
export type ClassifyCol = string | ClassifySpec;
export type ClassifyKind = "number" | "category";
/**
 * A value as it may stand in parameters: text, a number or a truth value.
 */
export type ClassifyCell = string | boolean | number;
export type ClassifyOneOrMany = ClassifyCell | ClassifyCell[];
/**
 * A customer fact.
 */
export type ClassifyFact =
  | "recency_days"
  | "frequency"
  | "monetary"
  | "average_order_value"
  | "tenure_days"
  | "gap_days"
  | "products"
  | "quantity";
export type ClassifyMissing = "drop" | "level" | "other";
/**
 * A model by name, with its defaults, or with options.
 */
export type ClassifyAsked = ClassifyModelId | ClassifyRecipe;
export type ClassifyModelId = "logistic" | "boosted_trees" | "tree" | "random_forest";
/**
 * A model and its options.
 */
export type ClassifyRecipe =
  | {
      l2?: number;
      model: "logistic";
    }
  | {
      learning_rate?: number;
      max_depth?: number;
      min_leaf?: number;
      model: "boosted_trees";
      trees?: number;
    }
  | {
      max_depth?: number;
      min_leaf?: number;
      model: "tree";
    }
  | {
      min_leaf?: number;
      model: "random_forest";
      trees?: number;
    };
/**
 * A `Col` that is 0/1, boolean or of the `equals` or `present` form; 1 is the event.
 */
export type ClassifyYesNo = string | ClassifySpec;
export type ClassifyValidation = ClassifyFolds | ClassifyHoldOut;
export type ClassifyAssign = ClassifyWay | (string | ClassifySpec);
export type ClassifyWay = "random" | "row";
export type ClassifySplitBy = "random" | "time";
/**
 * A model and its options.
 */
export type ClassifySummaryRecipe =
  | {
      l2: number;
      model: "logistic";
    }
  | {
      learning_rate: number;
      max_depth: number;
      min_leaf: number;
      model: "boosted_trees";
      trees: number;
    }
  | {
      max_depth: number;
      min_leaf: number;
      model: "tree";
    }
  | {
      min_leaf: number;
      model: "random_forest";
      trees: number;
    };

export interface Classify {
  params: ClassifyParams;
  summary: ClassifySummary;
}
export interface ClassifyParams {
  /**
   * Customer facts are measured at this day (ISO).
   */
  as_of?: string | null;
  /**
   * Costs of the two errors; a threshold of least cost is then found.
   */
  cost?: ClassifyCost | null;
  /**
   * Also returns the chosen model, refitted on all rows, as JSON to be applied to new files.
   */
  export?: boolean;
  /**
   * What it is predicted from.
   */
  features?: ClassifyCol[];
  /**
   * Models to compare, by name or with options; none gives single-column figures only.
   */
  models?: ClassifyAsked[];
  /**
   * Seed of all random steps.
   */
  seed?: number;
  /**
   * The yes/no column to predict.
   */
  target?: ClassifyYesNo | null;
  /**
   * Probabilities from which on a row counts as yes, for the confusion tables.
   */
  thresholds?: number[];
  /**
   * How unseen rows are set aside; null scores the rows that were learnt from.
   */
  validation?: ClassifyValidation | null;
  /**
   * Bins of numbers for weight of evidence.
   */
  woe_bins?: number;
}
export interface ClassifyCost {
  /**
   * What a missed case costs.
   */
  false_negative: number;
  /**
   * What a false alarm costs.
   */
  false_positive: number;
}
/**
 * Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
 */
export interface ClassifySpec {
  /**
   * As a number or as a category; by default text and booleans are categories, the rest numbers.
   */
  as?: ClassifyKind | null;
  /**
   * The level that has no coefficient of its own; by default the first by code point.
   */
  baseline?: ClassifyCell | null;
  /**
   * The column with this name.
   */
  column?: string | null;
  /**
   * Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
   */
  equals?: ClassifyOneOrMany | null;
  /**
   * A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
   */
  expr?: string | null;
  /**
   * A customer fact; the unit of analysis is then the customer.
   */
  fact?: ClassifyFact | null;
  /**
   * Levels seen less often than this become `~other`.
   */
  min_count?: number | null;
  /**
   * What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
   */
  missing?: ClassifyMissing | null;
  /**
   * Names the coefficient, feature or frame column.
   */
  name?: string | null;
  /**
   * Levels from low to high, coded 0, 1, 2 ….
   */
  order?: ClassifyCell[] | null;
  /**
   * Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
   */
  present?: boolean | null;
  /**
   * The column with this role (for `amount` also quantity × unit price).
   */
  role?: string | null;
}
/**
 * k-fold cross-validation.
 */
export interface ClassifyFolds {
  assign?: ClassifyAssign;
  folds: number;
}
/**
 * One part for training, one for the test.
 */
export interface ClassifyHoldOut {
  by?: ClassifySplitBy;
  test_share: number;
}
export interface ClassifySummary {
  base_rate: number;
  baseline: ClassifyBaseline;
  /**
   * Highest (mean fold) AUC; null without models.
   */
  best: ClassifyModelId | null;
  /**
   * The simplest model within one standard error of the best.
   */
  chosen: ClassifyModelId | null;
  /**
   * Why.
   */
  chosen_reason: ClassifyWords | null;
  information_value: ClassifyInformation[];
  leakage: ClassifyLeak[];
  /**
   * The chosen model for `table.apply`, with `export`.
   */
  model: {
    [k: string]: unknown;
  };
  models: ClassifyModelResult[];
  n: number;
  positives: number;
  /**
   * `row` or `customer`.
   */
  unit: string;
}
/**
 * What saying the base rate to everybody would score.
 */
export interface ClassifyBaseline {
  auc: number;
  average_precision: number;
  brier: number;
  log_loss: number;
}
/**
 * A piece of prose that a person reads, in both languages of the product.
 */
export interface ClassifyWords {
  en: string;
  zh: string;
}
export interface ClassifyInformation {
  bins: ClassifyWoeBin[];
  column: string;
  /**
   * Upper edges of the bins of a number; empty for a category.
   */
  edges: number[];
  iv: number;
}
export interface ClassifyWoeBin {
  iv: number;
  /**
   * The level, for a category.
   */
  level: string | null;
  n: number;
  negatives: number;
  positives: number;
  woe: number;
}
export interface ClassifyLeak {
  /**
   * AUC of this column alone.
   */
  auc: number;
  column: string;
  why: ClassifyWords;
}
export interface ClassifyModelResult {
  /**
   * AUC of all scored rows together.
   */
  auc: number | null;
  average_precision: number | null;
  brier: number;
  calibration: ClassifyCalibration[];
  /**
   * The threshold of least cost, when costs were given.
   */
  cheapest: ClassifyCheapest | null;
  /**
   * Logistic only.
   */
  coefficients: ClassifyCoefficient[] | null;
  confusion: ClassifyConfusion[];
  ece: number;
  /**
   * AUC of each fold; null where a fold has one answer only.
   */
  fold_auc: (number | null)[];
  gains: ClassifyGain[];
  /**
   * 2·AUC − 1.
   */
  gini: number | null;
  id: ClassifyModelId;
  importance: ClassifyImportance[];
  /**
   * Non-decreasing steps from scores to rates, fitted to the unseen rows (pool adjacent violators); at most 200, merged beyond.
   */
  isotonic: ClassifyIsotonic[];
  ks: number | null;
  log_loss: number;
  mean_fold_auc: number | null;
  options: ClassifySummaryRecipe;
  /**
   * Twenty points, at recalls of 5 % to 100 %.
   */
  precision_recall: ClassifyPrecisionRecall[];
}
export interface ClassifyCalibration {
  high: number;
  low: number;
  mean_p: number | null;
  n: number;
  rate: number | null;
}
export interface ClassifyCheapest {
  confusion: ClassifyConfusion;
  /**
   * Mean cost a row at this threshold.
   */
  cost_per_row: number;
}
export interface ClassifyConfusion {
  accuracy: number | null;
  f1: number | null;
  fn: number;
  fp: number;
  /**
   * Of those called yes.
   */
  precision: number | null;
  /**
   * Of the real yes.
   */
  recall: number | null;
  /**
   * Of the real no.
   */
  specificity: number | null;
  threshold: number;
  tn: number;
  tp: number;
}
export interface ClassifyCoefficient {
  column: string | null;
  /**
   * Change of the log-odds per unit of the column; from all rows.
   */
  estimate: number;
  /**
   * Per standard deviation.
   */
  estimate_standardized: number | null;
  level: string | null;
  name: string;
}
export interface ClassifyGain {
  /**
   * Of all positives.
   */
  cum_gain: number;
  cum_lift: number | null;
  cum_positives: number;
  decile: number;
  /**
   * Rate over the base rate.
   */
  lift: number | null;
  positives: number;
  rate: number | null;
  rows: number;
}
export interface ClassifyImportance {
  /**
   * How much the AUC falls on unseen rows when this feature is shuffled (at most 10,000 rows, forests 2,000).
   */
  auc_drop: number;
  feature: string;
}
/**
 * A step of the isotonic fit: what scores from `low` to `high` have come to mean.
 */
export interface ClassifyIsotonic {
  high: number;
  low: number;
  n: number;
  rate: number;
}
/**
 * How many of those called yes are yes, when so many of all yes are found.
 */
export interface ClassifyPrecisionRecall {
  precision: number;
  recall: number;
  threshold: number;
}

/** Columns of the frame. */
export interface ClassifyFrame {
  /** Row (count) */
  "row": Float64Array | Int32Array | Uint8Array;
  /** Customer (text) */
  "customer": (string | null)[];
  /** Actual (count) */
  "actual": Float64Array | Int32Array | Uint8Array;
  /** Fold (count) */
  "fold": Float64Array | Int32Array | Uint8Array;
  /** Probability (percent) */
  "probability": Float64Array | Int32Array | Uint8Array;
  /** Reasons (text) */
  "reasons": (string | null)[];
  /** Reasons (Chinese) (text) */
  "reasons_zh": (string | null)[];
}

// ---- explain_change ----

/**
 * The figure whose change is explained.
 */
export type ExplainChangeMetric = "revenue" | "orders" | "customers" | "average_order_value";

export interface ExplainChange {
  params: ExplainChangeParams;
  summary: ExplainChangeSummary;
}
export interface ExplainChangeParams {
  /**
   * The later span; default: the last 30 days of the data.
   */
  after?: ExplainChangeSpan | null;
  /**
   * The earlier span; default: as long as `after`, just before it.
   */
  before?: ExplainChangeSpan | null;
  /**
   * Roles or columns to split by.
   */
  by?: string[];
  /**
   * The figure whose change is explained.
   */
  metric?: "revenue" | "orders" | "customers" | "average_order_value";
  /**
   * What negative and zero lines mean.
   */
  refunds?: "net" | "drop" | "positive_only";
}
/**
 * A span of days, both ends in.
 */
export interface ExplainChangeSpan {
  /**
   * First day (ISO).
   */
  from: string;
  /**
   * Last day (ISO).
   */
  to: string;
}
export interface ExplainChangeSummary {
  /**
   * The figure in the later span.
   */
  after: number | null;
  after_span: ExplainChangeSpan1;
  /**
   * The figure in the earlier span; null for a mean of no orders.
   */
  before: number | null;
  before_span: ExplainChangeSpan2;
  bridge: ExplainChangeBridge;
  bridge_ci: ExplainChangeBridgeIntervals;
  /**
   * `after` − `before`.
   */
  change: number;
  /**
   * 95 % interval of the change, were the customers drawn anew; null with fewer than two customers per group of the jackknife.
   *
   * @minItems 2
   * @maxItems 2
   */
  change_ci: [number, number] | null;
  dimensions: ExplainChangeSplit[];
  metric: ExplainChangeMetric;
}
/**
 * A span of days, both ends in.
 */
export interface ExplainChangeSpan1 {
  /**
   * First day (ISO).
   */
  from: string;
  /**
   * Last day (ISO).
   */
  to: string;
}
/**
 * A span of days, both ends in.
 */
export interface ExplainChangeSpan2 {
  /**
   * First day (ISO).
   */
  from: string;
  /**
   * Last day (ISO).
   */
  to: string;
}
/**
 * Parts of the change by factor; they sum to it. Factors that are not in the figure are 0; null when there is no customer in
 * one of the spans.
 */
export interface ExplainChangeBridge {
  /**
   * More or fewer customers.
   */
  customers: number | null;
  /**
   * More or fewer orders per customer.
   */
  frequency: number | null;
  /**
   * Larger or smaller orders.
   */
  order_value: number | null;
}
/**
 * The same of its parts.
 */
export interface ExplainChangeBridgeIntervals {
  /**
   * @minItems 2
   * @maxItems 2
   */
  customers: [number, number] | null;
  /**
   * @minItems 2
   * @maxItems 2
   */
  frequency: [number, number] | null;
  /**
   * @minItems 2
   * @maxItems 2
   */
  order_value: [number, number] | null;
}
export interface ExplainChangeSplit {
  /**
   * The role or column asked for.
   */
  dimension: string;
  /**
   * 0: every value moved in proportion; towards 1: the change sits in some values.
   */
  explained: number;
  /**
   * By size of contribution, largest first.
   */
  values: ExplainChangeValue[];
}
export interface ExplainChangeValue {
  /**
   * The figure within this value, after; null for a mean of no orders.
   */
  after: number | null;
  /**
   * The figure within this value, before; null for a mean of no orders.
   */
  before: number | null;
  ci_high: number | null;
  /**
   * 95 % interval of the contribution; null with fewer than two customers per group.
   */
  ci_low: number | null;
  /**
   * Its part of the change.
   */
  contribution: number;
  /**
   * The part due to more or less of this value (orders; for a mean: its weight).
   */
  mix: number;
  /**
   * The part due to what each order or customer of this value brings.
   */
  rate: number;
  /**
   * As in the file; null for missing.
   */
  value: string | null;
}

/** Columns of the frame. */
export interface ExplainChangeFrame {
  /** Dimension (text) */
  "dimension": (string | null)[];
  /** Value (text) */
  "value": (string | null)[];
  /** Before (number) */
  "before": Float64Array | Int32Array | Uint8Array;
  /** After (number) */
  "after": Float64Array | Int32Array | Uint8Array;
  /** Contribution (number) */
  "contribution": Float64Array | Int32Array | Uint8Array;
  /** Mix (number) */
  "mix": Float64Array | Int32Array | Uint8Array;
  /** Rate (number) */
  "rate": Float64Array | Int32Array | Uint8Array;
  /** Interval from (number) */
  "ci_low": Float64Array | Int32Array | Uint8Array;
  /** Interval to (number) */
  "ci_high": Float64Array | Int32Array | Uint8Array;
}

// ---- elasticity ----

/**
 * A column in parameters: its name, or an object that says which column and how it is meant.
 */
export type ElasticityCol = string | ElasticitySpec;
export type ElasticityKind = "number" | "category";
/**
 * A value as it may stand in parameters: text, a number or a truth value.
 */
export type ElasticityCell = string | boolean | number;
export type ElasticityOneOrMany = ElasticityCell | ElasticityCell[];
/**
 * A customer fact.
 */
export type ElasticityFact =
  | "recency_days"
  | "frequency"
  | "monetary"
  | "average_order_value"
  | "tenure_days"
  | "gap_days"
  | "products"
  | "quantity";
export type ElasticityMissing = "drop" | "level" | "other";

export interface Elasticity {
  params: ElasticityParams;
  summary: ElasticitySummary;
}
export interface ElasticityParams {
  /**
   * One estimate per group as well.
   */
  by?: ElasticityCol | null;
  /**
   * Level of the intervals.
   */
  level?: number;
  /**
   * Price of one unit; by default the role unit_price, or amount over quantity.
   */
  price?: ElasticityCol | null;
  /**
   * Units sold; by default the role quantity.
   */
  quantity?: ElasticityCol | null;
}
/**
 * Exactly one of `column`, `role`, `expr` and `fact` says what is meant; the rest says how.
 */
export interface ElasticitySpec {
  /**
   * As a number or as a category; by default text and booleans are categories, the rest numbers.
   */
  as?: ElasticityKind | null;
  /**
   * The level that has no coefficient of its own; by default the first by code point.
   */
  baseline?: ElasticityCell | null;
  /**
   * The column with this name.
   */
  column?: string | null;
  /**
   * Yes/no: 1 where the cell as printed equals this value (or one of these), else 0; missing stays missing.
   */
  equals?: ElasticityOneOrMany | null;
  /**
   * A formula over columns, row by row: `price * 1.13`. `+ - * / ( )`, `ln log1p abs sqrt round`, numbers, names, `` `names with spaces` ``.
   */
  expr?: string | null;
  /**
   * A customer fact; the unit of analysis is then the customer.
   */
  fact?: ElasticityFact | null;
  /**
   * Levels seen less often than this become `~other`.
   */
  min_count?: number | null;
  /**
   * What a missing cell of a category means: the row is dropped, a level `~missing`, or part of `~other`.
   */
  missing?: ElasticityMissing | null;
  /**
   * Names the coefficient, feature or frame column.
   */
  name?: string | null;
  /**
   * Levels from low to high, coded 0, 1, 2 ….
   */
  order?: ElasticityCell[] | null;
  /**
   * Yes/no: true gives 1 where the cell holds something (a date of cancellation), false where it is empty.
   */
  present?: boolean | null;
  /**
   * The column with this role (for `amount` also quantity × unit price).
   */
  role?: string | null;
}
/**
 * ln quantity = intercept + elasticity · ln price.
 */
export interface ElasticitySummary {
  /**
   * @minItems 2
   * @maxItems 2
   */
  ci: [number, number] | null;
  /**
   * Change of quantity in percent when the price rises by one percent.
   */
  elasticity: number;
  /**
   * Groups with at least three rows and two prices, most rows first.
   */
  groups: ElasticityGroup[];
  intercept: number;
  /**
   * Rows used.
   */
  n: number;
  p: number | null;
  r2: number | null;
  std_error: number | null;
  t: number | null;
}
export interface ElasticityGroup {
  /**
   * @minItems 2
   * @maxItems 2
   */
  ci: [number, number] | null;
  elasticity: number;
  group: string;
  n: number;
  std_error: number | null;
}

/** Columns of the frame. */
export interface ElasticityFrame {
  /** Group (text) */
  "group": (string | null)[];
  /** Rows (count) */
  "n": Float64Array | Int32Array | Uint8Array;
  /** Elasticity (number) */
  "elasticity": Float64Array | Int32Array | Uint8Array;
  /** Interval from (number) */
  "low": Float64Array | Int32Array | Uint8Array;
  /** Interval to (number) */
  "high": Float64Array | Int32Array | Uint8Array;
}

/** What each analysis takes and gives. */
export interface AnalysisMap {
  /** Revenue, orders and customers against the time before */
  overview: { params: OverviewParams; summary: OverviewSummary; frame: OverviewFrame };
  /** Who buys lately, often and much, in named segments */
  rfm: { params: RfmParams; summary: RfmSummary; frame: RfmFrame };
  /** Do new customers come back, and what do they bring? */
  cohort: { params: CohortParams; summary: CohortSummary; frame: CohortFrame };
  /** Revenue over time and by channel, category or region */
  revenue: { params: RevenueParams; summary: RevenueSummary; frame: RevenueFrame };
  /** What sells, how steadily, and to how many */
  product: { params: ProductParams; summary: ProductSummary; frame: ProductFrame };
  /** How few customers, products or others bring most of it */
  pareto: { params: ParetoParams; summary: ParetoSummary; frame: ParetoFrame };
  /** How much each column holds, what is typical, how far values spread, and what is missing. */
  describe: { params: DescribeParams; summary: DescribeSummary; frame: DescribeFrame };
  /** How strongly columns go along with each other, and whether by more than chance. */
  correlate: { params: CorrelateParams; summary: CorrelateSummary; frame: CorrelateFrame };
  /** How a target goes along with each feature while the others are held, with errors and checks. */
  regress: { params: RegressParams; summary: RegressSummary; frame: RegressFrame };
  /** Whether groups differ, by how much, and whether by more than chance; reads out A/B tests. */
  compare: { params: CompareParams; summary: CompareSummary; frame: CompareFrame };
  /** Groups customers or rows that resemble each other, and says what sets each group apart. */
  segment: { params: SegmentParams; summary: SegmentSummary; frame: SegmentFrame };
  /** Who is new, loyal, late, lapsed or back, by their own rhythm */
  lifecycle: { params: LifecycleParams; summary: LifecycleSummary; frame: LifecycleFrame };
  /** How often each customer will still buy and what that is worth, with a check against the past */
  clv: { params: ClvParams; summary: ClvSummary; frame: ClvFrame };
  /** How long until something happens, for whom sooner, with those still waiting counted fairly */
  survival: { params: SurvivalParams; summary: SurvivalSummary; frame: SurvivalFrame };
  /** Who is about to leave, why it looks so, and the money at risk */
  churn: { params: ChurnParams; summary: ChurnSummary; frame: ChurnFrame };
  /** Predicts a yes/no column for each row, says how well, and why for each. */
  classify: { params: ClassifyParams; summary: ClassifySummary; frame: ClassifyFrame };
  /** What moved a figure between two spans of days */
  explain_change: { params: ExplainChangeParams; summary: ExplainChangeSummary; frame: ExplainChangeFrame };
  /** By how many percent sales are lower where the price is one percent higher. */
  elasticity: { params: ElasticityParams; summary: ElasticitySummary; frame: ElasticityFrame };
}
