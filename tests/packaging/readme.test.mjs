// The code that the READMEs show is run as it stands.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { at } from "../../tools/build/common.mjs";
import { CSV } from "./orders.mjs";

const file = CSV.replace("customer,order,date,amount", "客户ID,订单号,下单日期,金额");

for (const readme of ["README.md", "README.zh-CN.md", "pkg-config/README.md"]) test(`the example of ${readme} runs`, () => {
  const blocks = [...readFileSync(at(readme), "utf8").matchAll(/^```js\n([\s\S]*?)^```/gm)].map(([, code]) => code);
  assert.equal(blocks.length, 1);
  const folder = at("build/packaging-readme", readme.replace(/\W/g, "-"));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(`${folder}/node_modules`, { recursive: true });
  cpSync(at("pkg"), `${folder}/node_modules/kelan`, { recursive: true });
  writeFileSync(`${folder}/package.json`, '{ "type": "module" }');
  writeFileSync(`${folder}/example.mjs`, `const file = new File([${JSON.stringify(file)}], "orders.csv");\n${blocks[0]}\nif (!(charts.length >= 2 && rfm.summary.customers === 5)) throw new Error("the example does not find the customers");\n`
    .replace("const file = new File", 'import { File } from "node:buffer";\nconst file = new File'));
  const done = spawnSync("node", ["example.mjs"], { cwd: folder, encoding: "utf8" });
  assert.equal(done.status, 0, done.stdout + done.stderr);
});
