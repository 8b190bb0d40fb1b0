// The Arrow files of this folder that begin with js: node make.mjs (npm package apache-arrow 21).
import { writeFileSync } from "node:fs";
import * as A from "apache-arrow";

const texts = ["上海", null, "Ulm", ""], ms = Date.UTC(2024, 1, 29, 13, 30, 15);
const vector = (type, values) => A.vectorFromArray(values, type);
const table = new A.Table({
  utf8: vector(new A.Utf8(), texts),
  large_utf8: vector(new A.LargeUtf8(), texts),
  dictionary: vector(new A.Dictionary(new A.Utf8(), new A.Int32()), texts),
  int8: vector(new A.Int8(), [1, null, 100, 0]),
  uint32: vector(new A.Uint32(), [1, null, 100, 0]),
  int64: vector(new A.Int64(), [1n, null, 100n, 0n]),
  float: vector(new A.Float32(), [0.5, null, -2.25, 0]),
  double: vector(new A.Float64(), [0.1, null, -2.5, 1e300]),
  bool: vector(new A.Bool(), [true, null, false, true]),
  date32: vector(new A.DateDay(), [new Date(Date.UTC(2024, 1, 29)), null, new Date(-86_400_000), new Date(0)]),
  date64: vector(new A.DateMillisecond(), [new Date(Date.UTC(2024, 1, 29)), null, new Date(-86_400_000), new Date(0)]),
  timestamp_ms: vector(new A.TimestampMillisecond(), [ms, null, ms, 0]),
});
for (const [kind, file] of [["file", "js.arrow"], ["stream", "js.arrows"]]) writeFileSync(new URL(file, import.meta.url), A.tableToIPC(table, kind));
