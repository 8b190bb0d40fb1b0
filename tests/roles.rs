//! Roles guessed on real files, against the roles a person gives their columns.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use kelan::read::sniff::{self, encoding};
use kelan::read::{Options, csv};
use kelan::role::{self, Given, Role};
use kelan::table::Table;

fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

fn bytes_of(path: &Path) -> Vec<u8> {
    if path.extension().is_some_and(|e| e == "gz") {
        let out = Command::new("gzip").arg("-dc").arg(path).output().expect("gzip runs");
        return out.stdout;
    }
    std::fs::read(path).expect("a readable file")
}

fn load(path: &Path) -> Table {
    let bytes = bytes_of(path);
    let found = encoding::detect(&bytes);
    assert_eq!(found.label, "utf-8", "{}", path.display());
    let text = &bytes[found.bom..];
    let s = sniff::sniff(text, true, &Options::default());
    csv::read(text, &s.dialect, &s.plans, "file", 1 << 20).expect("a table").table
}

/// What a person would say. A role that is not listed for a file must not be guessed; `?` before a column: may be.
const FILES: &[(&str, &str)] = &[
    (
        "superstore/Superstore.csv.gz",
        "customer=Customer ID, order=Order ID, date=Order Date, amount=Sales, quantity=Quantity, discount=Discount, \
         product=Product ID, product_name=Product Name, category=Category, region=Region, segment=Segment, name=Customer Name",
    ),
    (
        "taobao_baby/sam_tianchi_mum_baby_trade_history.csv.gz",
        "customer=user_id, date=day, quantity=buy_mount, category=category_1, product=?auction_id",
    ),
    ("taobao_baby/sam_tianchi_mum_baby.csv", "customer=user_id, date=?birthday"),
    ("cdnow/cdnowElog.csv", "customer=masterid, date=date, quantity=cds, amount=sales"),
    ("cdnow/CDNOW_master.txt", "customer=customer_id, date=date, quantity=number_of_cds, amount=dollar_value"),
    ("cdnow/cdnow_customers_summary.csv", "customer=ID"),
    ("olist/olist_order_payments_dataset.csv.gz", "order=order_id, amount=payment_value"),
    ("olist/olist_products_dataset.csv.gz", "product=product_id, category=product_category_name"),
    ("olist/olist_sellers_dataset.csv.gz", "region=seller_state"),
    ("telco_churn/Telco-Customer-Churn.csv", "customer=customerID, target=Churn"),
    ("marketing_campaign/marketing_campaign.csv", "customer=ID, date=Dt_Customer, target=Response"),
    (
        "online_shoppers/online_shoppers_intention.csv",
        "target=Revenue, region=Region, channel=TrafficType, segment=?VisitorType",
    ),
    (
        "crm_sales_opportunities/accounts.csv",
        "customer=account, amount=?revenue, segment=?sector, region=?office_location",
    ),
    ("crm_sales_opportunities/products.csv", "product=product, unit_price=sales_price, category=series"),
    (
        "crm_sales_opportunities/sales_pipeline.csv",
        "customer=account, order=opportunity_id, date=close_date, amount=close_value, product=product, status=deal_stage",
    ),
    (
        "support_tickets/customer_support_tickets.csv.gz",
        "customer=Customer Email, name=Customer Name, date=Date of Purchase, product=Product Purchased, \
         category=?Ticket Type, status=Ticket Status, channel=Ticket Channel, text=Ticket Description, \
         rating=Customer Satisfaction Rating",
    ),
    ("german_credit/credit.csv", "amount=amount, target=default"),
    (
        "clv_marketing_ibm/WA_Fn-UseC_-Marketing-Customer-Value-Analysis.csv.gz",
        "customer=Customer, region=State, target=Response, date=?Effective To Date, channel=Sales Channel, \
         amount=Total Claim Amount, category=?Policy Type",
    ),
    (
        "insurance_fraud/insurance_claims.csv",
        "customer=?policy_number, date=incident_date, amount=total_claim_amount, region=?policy_state, target=fraud_reported",
    ),
    ("reviews_zh/online_shopping_6_cats.csv.gz", "category=cat, target=label, text=review"),
    ("reviews_zh/waimai_10k.csv", "target=label, text=review"),
    ("reviews_en/flipkart_reviews.csv", "product=Product_name, text=Review, rating=Rating"),
    ("ab_adsmart/AdSmartABdata.csv", "date=date, product=?auction_id"),
    ("walmart_weekly/Walmart.csv", "channel=Store, date=Date, amount=Weekly_Sales"),
    ("robyn_mmm/dt_simulated_weekly.csv", "date=DATE, amount=revenue"),
    ("lifetimes_small/example_transactions.csv", "customer=id, date=date"),
    ("lifetimes_small/donations.csv", ""),
];

fn role_named(name: &str) -> Role {
    serde_json::from_value(serde_json::Value::String(name.into())).expect("a role")
}

#[test]
fn roles_of_real_files_are_those_a_person_gives() {
    let Some(data) = shared() else { return };
    let (mut right, mut all) = (0, 0);
    for (file, wanted) in FILES {
        let path = data.join(file);
        if !path.exists() {
            println!("skipped: no {file}");
            continue;
        }
        let table = load(&path);
        let wanted: BTreeMap<Role, &str> = wanted
            .split(',')
            .filter_map(|pair| pair.trim().split_once('='))
            .map(|(role, column)| (role_named(role), column))
            .collect();
        let guesses = role::guess(&role::profiles(&table), &Given::default());
        let got: BTreeMap<Role, (&str, f64)> = guesses
            .iter()
            .enumerate()
            .filter_map(|(i, g)| g.as_ref().map(|g| (g.role, (table.columns[i].name.as_str(), g.confidence))))
            .collect();
        for (role, column) in &wanted {
            let optional = column.starts_with('?');
            let found = got.get(role).map(|g| g.0);
            let good = found == Some(column.trim_start_matches('?')) || (optional && found.is_none());
            all += 1;
            right += usize::from(good);
            if !good {
                println!("{file}: {} should be {column}, is {found:?}", role.id());
            }
        }
        for (role, (column, confidence)) in got.iter().filter(|g| !wanted.contains_key(g.0)) {
            all += 1;
            println!("{file}: {} should be nothing, is {column} ({confidence})", role.id());
        }
    }
    println!("{right} of {all} roles as a person would give them");
    assert!(right * 100 >= all * 97, "{right} of {all}; help: a synonym or a preference in src/role changed");
}

#[test]
fn an_assignment_wins_and_null_clears() {
    use kelan::table::Cells;
    let text = |v: &[&str]| Cells::Text(v.iter().map(|s| Some(s.to_string())).collect());
    let table = Table::from_cells(vec![
        ("customer_id", text(&["a", "b", "a"])),
        ("account", text(&["x", "y", "y"])),
        ("amount", Cells::Number(vec![Some(1.0), Some(2.0), Some(3.5)])),
    ]);
    let mut given = Given::default();
    given.columns.insert(Role::Customer, Some(1));
    let guesses = role::guess(&role::profiles(&table), &given);
    let at = |role| guesses.iter().position(|g| g.as_ref().is_some_and(|g| g.role == role));
    assert_eq!((at(Role::Customer), at(Role::Amount)), (Some(1), Some(2)));
    given.columns.insert(Role::Amount, None);
    let guesses = role::guess(&role::profiles(&table), &given);
    assert!(guesses.iter().flatten().all(|g| g.role != Role::Amount));
}

#[test]
fn a_word_inside_another_is_no_role() {
    use kelan::table::Cells;
    let text = |v: &[&str]| Cells::Text(v.iter().map(|s| Some(s.to_string())).collect());
    let table = Table::from_cells(vec![
        ("Email consent", text(&["yes", "no", "yes"])),
        ("Phone service", text(&["yes", "no", "yes"])),
        ("Order priority", text(&["high", "low", "low"])),
        ("Product weight", Cells::Number(vec![Some(1.0), Some(2.0), Some(3.5)])),
        ("收货日期备注", text(&["无", "快", "慢"])),
    ]);
    let guesses = role::guess(&role::profiles(&table), &Given::default());
    let names: Vec<Option<&str>> = guesses.iter().map(|g| g.as_ref().map(|g| g.role.id())).collect();
    assert_eq!(names[..4], [None; 4]);
}

#[test]
fn chinese_headers() {
    use kelan::table::Cells;
    let text = |v: &[&str]| Cells::Text(v.iter().map(|s| Some(s.to_string())).collect());
    let numbers = |v: &[f64]| Cells::Number(v.iter().map(|x| Some(*x)).collect());
    let table = Table::from_cells(vec![
        ("订单编号", text(&["D1", "D2", "D3", "D3"])),
        ("下单时间", Cells::Date(vec![Some(1), Some(2), Some(3), Some(3)])),
        ("发货时间", Cells::Date(vec![Some(2), Some(3), Some(4), Some(4)])),
        ("会员卡号", text(&["a", "b", "a", "a"])),
        ("客户姓名", text(&["张三", "李四", "张三", "张三"])),
        ("手机号", text(&["13812345678", "13912345678", "13812345678", "13812345678"])),
        ("商品名称", text(&["茶", "杯", "茶", "壶"])),
        ("数量", Cells::Integer(vec![Some(1), Some(2), Some(1), Some(3)])),
        ("单价(元)", numbers(&[1.5, 2.0, 1.5, 9.0])),
        ("实付金额（元）", numbers(&[1.5, 4.0, 1.5, 27.0])),
        ("优惠金额", numbers(&[0.0, 1.0, 2.0, 0.0])),
        ("收货省份", text(&["上海", "北京", "上海", "上海"])),
        ("订单状态", text(&["成功", "退款", "成功", "成功"])),
        ("销售渠道", text(&["天猫", "京东", "天猫", "天猫"])),
    ]);
    let guesses = role::guess(&role::profiles(&table), &Given::default());
    let names: Vec<&str> = guesses.iter().map(|g| g.as_ref().map_or("", |g| g.role.id())).collect();
    assert_eq!(
        names,
        [
            "order",
            "date",
            "",
            "customer",
            "name",
            "phone",
            "product",
            "quantity",
            "unit_price",
            "amount",
            "discount",
            "region",
            "status",
            "channel"
        ]
    );
}

/// Header sets of exports, and the roles a person gives them; values of each role's kind.
#[test]
fn headers_of_other_countries_and_well_known_exports() {
    use kelan::table::Cells;
    let sets: &[&[(&str, &str)]] = &[
        &[
            ("Name", "order"),
            ("Total", "amount"),
            ("Created at", "date"),
            ("Lineitem quantity", "quantity"),
            ("Lineitem name", "product_name"),
            ("Lineitem sku", "product"),
            ("Financial Status", "status"),
        ],
        &[
            ("Bestellnummer", "order"),
            ("Bestelldatum", "date"),
            ("Kundennummer", "customer"),
            ("Gesamtbetrag", "amount"),
            ("Land", "region"),
        ],
        &[("Numéro de commande", "order"), ("Quantité", "quantity"), ("Montant", "amount"), ("Catégorie", "category")],
        &[("注文番号", "order"), ("顧客ID", "customer"), ("単価", "unit_price"), ("都道府県", "region")],
        &[("주문번호", "order"), ("고객ID", "customer"), ("결제금액", "amount"), ("지역", "region")],
        &[("Номер заказа", "order"), ("Клиент", "customer"), ("Сумма", "amount"), ("Регион", "region")],
        &[
            ("訂單編號", "order"),
            ("會員編號", "customer"),
            ("數量", "quantity"),
            ("金額", "amount"),
            ("縣市", "region"),
        ],
        &[("单据编号", "order"), ("客户编码", "customer"), ("价税合计", "amount"), ("税额", "")],
    ];
    for set in sets {
        let columns = set.iter().enumerate().map(|(c, (name, role))| {
            let cells = match *role {
                "date" => Cells::Date((0..30).map(|i| Some(19_000 + i * 3)).collect()),
                "amount" | "unit_price" => {
                    Cells::Number((0..30).map(|i| Some(f64::from(i % 11) * 1.5 + 1.25)).collect())
                }
                "quantity" => Cells::Integer((0..30).map(|i| Some(i % 4 + 1)).collect()),
                "order" => Cells::Text((0..30).map(|i| Some(format!("#{}", 1001 + i))).collect()),
                _ => Cells::Text((0..30).map(|i| Some(format!("{c}-{}", i % 7))).collect()),
            };
            (*name, cells)
        });
        let table = Table::from_cells(columns.collect());
        let guesses = role::guess(&role::profiles(&table), &Given::default());
        for ((name, role), guess) in set.iter().zip(&guesses) {
            assert_eq!(guess.as_ref().map_or("", |g| g.role.id()), *role, "{name}");
        }
    }
}

#[test]
fn two_prices_are_amounts_and_a_flag_is_none() {
    use kelan::table::Cells;
    let text = |v: &[&str]| Cells::Text(v.iter().map(|s| Some(s.to_string())).collect());
    let roles = |amounts: [f64; 4]| {
        let table = Table::from_cells(vec![
            ("customer", text(&["a", "b", "c", "a"])),
            ("order_date", Cells::Date((0..4).map(Some).collect())),
            ("amount", Cells::Number(amounts.map(Some).to_vec())),
        ]);
        let guesses = role::guess(&role::profiles(&table), &Given::default());
        guesses.iter().map(|g| g.as_ref().map(|g| g.role)).collect::<Vec<_>>()
    };
    assert_eq!(roles([9.99, 19.99, 9.99, 19.99])[2], Some(Role::Amount));
    assert_eq!(roles([0.0, 1.0, 1.0, 0.0])[2], None);
}
