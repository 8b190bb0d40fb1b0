// Eight orders of five customers, small enough to check by hand; every scratch app must find these figures.
export const CSV = `customer,order,date,amount
ann,1,2024-01-05,10.00
ann,2,2024-06-30,20.50
bob,3,2024-02-10,100.00
bob,4,2024-03-10,50.25
bob,5,2024-05-10,25.00
cid,6,2024-06-01,5.00
dee,7,2023-12-31,300.00
eve,8,2024-04-02,15.25
`;

/** By hand: to 1 July, ann last bought one day ago, bob 52, cid 30, dee 183, eve 90. 526 ÷ 8 = 65.75. */
export const EXPECTED = { customers: 5, orders: 8, revenue: 526, mean: 65.75, ann: { recency_days: 1, frequency: 2, monetary: 30.5 }, dee: { recency_days: 183, frequency: 1, monetary: 300 } };

/** The text of an app: reads the file above with the package's API and reports what it found. */
export const appCode = (from, options = "{}") => `
import { open } from ${JSON.stringify(from)};
const kelan = await open(${options});
const table = await kelan.read(${JSON.stringify(CSV)}, { name: "orders.csv" });
const { summary, frame, method } = await table.analyze("rfm", { as_of: "2024-07-01" });
const of = (id) => { const i = frame.columns.customer.indexOf(id); return Object.fromEntries(["recency_days", "frequency", "monetary"].map((c) => [c, frame.columns[c][i]])); };
const described = await table.analyze("describe", { columns: ["amount"] });
const result = { customers: summary.customers, orders: summary.orders, revenue: summary.revenue, mean: described.summary.columns[0].mean, ann: of("ann"), dee: of("dee") };
const charts = (await table.analyze("rfm", {})).charts({ locale: "zh-CN", theme: "dark" });
if (charts.length < 2 || !charts[0].title || method.used_rows !== 8) throw new Error("charts or method are missing");
await kelan.close();
export default result;
if (typeof document !== "undefined") document.body.dataset.result = JSON.stringify(result);
else console.log(JSON.stringify(result));
`;
