"""Drains a topic of JSON records into two Delta tables with Spark Structured Streaming: rows, and records it refuses.

usage: spark_shape.py JARS_FOLDER BOOTSTRAP TOPIC OUT_FOLDER SCHEMA TIMES REQUIRED
SCHEMA is that of from_json; TIMES and REQUIRED are names of columns, separated by commas (TIMES may be empty).
Settings are those of the tuned baseline for ad events, so that the shape is the only difference.
"""

import json
import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

jars, bootstrap, topic, out, schema, times, required = sys.argv[1:8]
times = [name for name in times.split(",") if name]
required = required.split(",")

spark = (
    SparkSession.builder.master("local[2]")
    .appName("shape")
    .config("spark.driver.memory", "4g")
    .config("spark.driver.extraJavaOptions", "-XX:+UseParallelGC")
    .config("spark.jars", ",".join(os.path.join(jars, name) for name in sorted(os.listdir(jars)) if name.endswith(".jar")))
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.sql.parquet.compression.codec", "zstd")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.databricks.delta.snapshotPartitions", "2")
    .config("spark.sql.warehouse.dir", f"{out}/warehouse")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")

source = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", bootstrap)
    .option("subscribe", topic)
    .option("startingOffsets", "earliest")
    .load()
    .select("topic", "partition", "offset", F.col("timestamp").alias("kafka_time"), F.col("value").cast("string").alias("raw"))
)
# The partition id keeps the optimizer from parsing each record again for every condition on it.
parsed = source.select(
    "*",
    F.from_json("raw", f"{schema}, _corrupt STRING", {"columnNameOfCorruptRecord": "_corrupt"}).alias("j"),
    F.spark_partition_id().alias("pid"),
)
for name in times:
    parsed = parsed.withColumn(f"time_{name}", F.expr(f"try_cast(j.{name} AS TIMESTAMP)"))


def column(name):
    return F.col(f"time_{name}") if name in times else F.col(f"j.{name}")


refused = (F.col("pid") < 0) | F.col("raw").isNull() | F.col("j").isNull() | F.col("j._corrupt").isNotNull()
for name in required:
    if name:
        refused = refused | column(name).isNull()
judged = parsed.withColumn("is_refused", refused)
names = [field.name for field in judged.schema["j"].dataType.fields if field.name != "_corrupt"]


def write(frame, folder, batch):
    frame.write.format("delta").mode("append").option("txnAppId", folder).option("txnVersion", batch).save(f"{out}/{folder}")


def land(frame, batch):
    rows = [column(name).alias(name) for name in names]
    place = [F.col(name).alias(f"_{name}") for name in ("topic", "partition", "offset")]
    write(frame.where("NOT is_refused").select(*rows, *place, F.col("kafka_time").alias("_timestamp")), "events", batch)
    write(frame.where("is_refused").select("topic", "partition", "offset", "raw"), "quarantine", batch)


query = (
    judged.writeStream.trigger(availableNow=True)
    .option("checkpointLocation", f"{out}/checkpoint")
    .foreachBatch(land)
    .start()
)
query.awaitTermination(600)
if query.exception():
    sys.exit(str(query.exception()))
resident = 0
for process in (spark._jvm.java.lang.ProcessHandle.current().pid(), os.getpid()):
    with open(f"/proc/{process}/status") as status:
        resident += int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024
print("RESULT " + json.dumps({"peak_rss_mb": round(resident)}), flush=True)
spark.stop()
