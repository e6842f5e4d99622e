"""Real servers for the tests: PostgreSQL with TLS and passwords on loopback, and the demo company's tables in it."""

import csv
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cskit.data.schema import Column, tables

HOMES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
TYPES = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp",
    "month": "text",
}
READER, PASSWORD = "cs_reader", "p@ss word/1"


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of these tests."""

    port: int
    certificate: Path

    def connect(self, database: str = "postgres") -> Any:
        """As its owner."""
        import psycopg

        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", password=PASSWORD, dbname=database, autocommit=True
        )

    def source(self, database: str, **more: Any) -> dict[str, Any]:
        """What params say of a database here, read by who may only read."""
        url = f"postgresql://localhost:{self.port}/{database}?sslmode=verify-full&sslrootcert={self.certificate}"
        return {"url": url, "user": READER, "password": "env:CSKIT_TEST_PASSWORD", **more}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def postgres() -> Iterator[Server]:
    """A server of its own, started now; whoever may only read is there, too."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))  # not pytest's, into which nobody else may look
    folder.chmod(0o755)
    home, place, port = HOMES[-1], folder / "data", free_port()
    as_owner = _unprivileged(folder)
    secret = folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o644)
    initdb = ["-D", str(place), "-A", "scram-sha-256", "-U", "postgres", f"--pwfile={secret}", "--locale=C.UTF-8"]
    _done([*as_owner, str(home / "initdb"), *initdb])
    key, certificate = folder / "server.key", folder / "server.crt"
    _done(
        [*as_owner, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    )  # fmt: skip
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c ssl=on"
    options += f" -c ssl_cert_file={certificate} -c ssl_key_file={key}"
    control = [*as_owner, str(home / "pg_ctl"), "-D", str(place), "-l", str(folder / "log")]
    _done([*control, "-w", "-o", options, "start"])
    try:
        server = Server(port, certificate)
        with server.connect() as owner:
            owner.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")
        yield server
    finally:
        _done([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder)


@contextmanager
def spark(folder: Path) -> Iterator[str]:
    """A Spark Connect server with two cores, and its address; what it says is in the folder."""
    import pyspark

    home, port = Path(pyspark.__file__).parent, free_port()
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.warehouse.dir": folder / "warehouse",
        # few rows: planning and compiling for many takes longer than reading them
        "spark.sql.shuffle.partitions": 1,
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    command = [str(home / "bin/spark-submit"), "--master", "local[2]"]
    command += ["--driver-java-options", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    command += [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    with (folder / "log").open("w") as log:
        # what is named SPARK_... or PYSPARK_... outside would change what is tested
        plain = {name: value for name, value in os.environ.items() if "SPARK" not in name} | {"SPARK_HOME": str(home)}
        started = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=plain, cwd=folder, start_new_session=True
        )
    try:
        for _ in range(600):
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert started.poll() is None, (folder / "log").read_text()
            time.sleep(0.2)
        yield f"sc://127.0.0.1:{port}"
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def _create(server: Server, database: str) -> None:
    """A database that sorts as a language does, unlike all other engines."""
    with server.connect() as owner:
        owner.execute(
            f"CREATE DATABASE {database} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'"
        )


def fill(server: Server, database: str, folder: Path) -> None:
    """The CSV files of a folder as typed tables of a new database, which the reader may read."""
    _create(server, database)
    with server.connect(database) as owner:
        for file in sorted(folder.glob("*.csv")):
            table = tables()[file.stem]
            with file.open(encoding="utf-8", newline="") as rows:
                names = next(csv.reader(rows))
            columns = ", ".join(f'"{name}" {_type(table.columns[name])}' for name in names)
            owner.execute(f'CREATE TABLE "{file.stem}" ({columns})')
            with owner.cursor().copy(f'COPY "{file.stem}" FROM STDIN (FORMAT csv, HEADER true)') as copy:
                copy.write(file.read_bytes())
        owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}")
        owner.execute("ANALYZE")


def fill_typed(server: Server, database: str, found: Mapping[str, pa.Table]) -> None:
    """Tables with their types as those of a new database, which the reader may read."""
    _create(server, database)
    with server.connect(database) as owner:
        for name, rows in found.items():
            columns = ", ".join(f'"{one.name}" {_native(one.type)}' for one in rows.schema)
            owner.execute(f'CREATE TABLE "{name}" ({columns})')
            places = ", ".join(["%s"] * rows.num_columns)
            with owner.cursor() as cursor:
                told = [tuple(row.values()) for row in rows.to_pylist()]
                cursor.executemany(f'INSERT INTO "{name}" VALUES ({places})', told)
        owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}")


def as_parquet(found: Mapping[str, pa.Table], to: Path) -> None:
    """Tables with their types as files of a folder."""
    to.mkdir()
    for name, rows in found.items():
        pq.write_table(rows, to / f"{name}.parquet")


def _native(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"numeric({kind.precision}, {kind.scale})"
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    return {"string": "text", "int64": "bigint", "int32": "integer", "double": "double precision", "bool": "boolean",
            "date32[day]": "date"}[str(kind)]  # fmt: skip


def _type(column: Column) -> str:
    return TYPES[column.type]


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL does not run as root."""
    if os.getuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return ["setpriv", f"--reuid={pwd.getpwnam('postgres').pw_uid}", "--clear-groups"]


def _done(command: list[str]) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd="/", stdin=subprocess.DEVNULL)
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
