// The dashboard as a React component. React 19 hands properties and events of custom elements through as they are.
import { useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import "kelan/element";

function Customers({ file, room }) {
  const element = useRef(null);
  const [rows, setRows] = useState(0);
  const [selected, setSelected] = useState(null);
  useEffect(() => {
    if (file) customElements.whenDefined("kelan-dashboard").then(() => element.current?.openFile(file));
  }, [file]);
  useEffect(() => { document.body.dataset.rows = String(rows); }, [rows]);
  return (
    <>
      <p>{rows} rows{selected ? `, selected: ${selected.label}` : ""}</p>
      <kelan-dashboard ref={element} room={room} locale="en" theme="light" onkelan-open={(e) => setRows(e.detail.rows)} onkelan-selection={(e) => setSelected(e.detail)} />
    </>
  );
}

function App() {
  const [file, setFile] = useState(null);
  return (
    <>
      <input id="file" type="file" aria-label="Orders" onChange={(e) => setFile(e.target.files[0])} />
      <Customers file={file} room="rfm" />
    </>
  );
}

createRoot(document.getElementById("app")).render(<App />);
