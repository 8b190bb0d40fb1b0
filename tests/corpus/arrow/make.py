"""The Arrow files of this folder that begin with py: python3 make.py (pyarrow 21 or later)."""
import datetime as dt
import decimal
import pyarrow as pa

print("pyarrow", pa.__version__)
texts = ["上海", None, "Ulm", ""]
day, moment = dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 13, 30, 15, 250000)
columns = {
    "utf8": pa.array(texts, pa.utf8()),
    "large_utf8": pa.array(texts, pa.large_utf8()),
    "string_view": pa.array(texts, pa.string_view()),
    "dictionary": pa.array(texts).dictionary_encode(),
    "dictionary_int8": pa.array(texts).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.utf8())),
    "dictionary_of_numbers": pa.array([2020, None, 2021, 2020]).dictionary_encode(),
    **{str(t): pa.array([1, None, 100, 0], t) for t in
       [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]},
    "float": pa.array([0.5, None, -2.25, 0.0], pa.float32()),
    "double": pa.array([0.1, None, -2.5, 1e300]),
    "decimal32": pa.array([decimal.Decimal("12.34"), None, decimal.Decimal("-0.05"), decimal.Decimal("0.00")], pa.decimal32(7, 2)),
    "decimal64": pa.array([decimal.Decimal("12.34"), None, decimal.Decimal("-0.05"), decimal.Decimal("0.00")], pa.decimal64(12, 2)),
    "decimal128": pa.array([decimal.Decimal("12.34"), None, decimal.Decimal("-0.05"), decimal.Decimal("0.00")], pa.decimal128(20, 2)),
    "decimal256": pa.array([decimal.Decimal("12.34"), None, decimal.Decimal("-0.05"), decimal.Decimal("0.00")], pa.decimal256(50, 2)),
    "bool": pa.array([True, None, False, True]),
    "date32": pa.array([day, None, dt.date(1969, 12, 31), dt.date(1970, 1, 1)], pa.date32()),
    "date64": pa.array([day, None, dt.date(1969, 12, 31), dt.date(1970, 1, 1)], pa.date64()),
    **{f"timestamp_{u}": pa.array([moment.replace(microsecond=0), None, moment.replace(microsecond=0), dt.datetime(1970, 1, 1)], pa.timestamp(u))
       for u in ["s", "ms", "us", "ns"]},
    "timestamp_zone": pa.array([dt.datetime(2024, 2, 29, 5, 30, 15), None, None, dt.datetime(1970, 1, 1)], pa.timestamp("us", tz="Asia/Shanghai")),
    "null": pa.nulls(4),
}
table = pa.table(columns)
with pa.ipc.new_file("py.arrow", table.schema) as out:
    out.write_table(table, max_chunksize=3)
with pa.ipc.new_stream("py.arrows", table.schema) as out:
    out.write_table(table, max_chunksize=3)
with pa.ipc.new_file("py_empty.arrow", table.schema) as out:
    pass
