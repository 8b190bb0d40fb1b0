// The dashboard in Vue. With templates compiled by a bundler, tell the compiler: isCustomElement: (tag) => tag === "kelan-dashboard".
import { createApp, h, ref, watch } from "vue";
import "kelan/element";

const App = {
  setup() {
    const element = ref(null), rows = ref(0), selected = ref(null);
    const open = async (file) => {
      await customElements.whenDefined("kelan-dashboard");
      await element.value.openFile(file);
    };
    watch(rows, (n) => { document.body.dataset.rows = String(n); });
    return () => [
      h("input", { id: "file", type: "file", "aria-label": "Orders", onChange: (e) => open(e.target.files[0]) }),
      h("p", `${rows.value} rows${selected.value ? `, selected: ${selected.value.label}` : ""}`),
      h("kelan-dashboard", { ref: element, room: "rfm", locale: "en", theme: "light", onKelanOpen: (e) => { rows.value = e.detail.rows; }, onKelanSelection: (e) => { selected.value = e.detail; } }),
    ];
  },
};

createApp(App).mount("#app");
