// One room in a page without a build: the element does the reading, the page hears of it.
import { ready } from "kelan/element";

await ready;
const dashboard = document.querySelector("kelan-dashboard");
document.querySelector("#file").addEventListener("change", (e) => dashboard.openFile(e.target.files[0]));
dashboard.addEventListener("kelan-open", (e) => { document.body.dataset.rows = e.detail.rows; });
dashboard.addEventListener("kelan-selection", (e) => {
  document.querySelector("#selected").value = e.detail ? `${e.detail.label}: ${e.detail.rows}` : "";
});
