"""The web process: pages under threads; settings from the environment (PORT, HOST, WEB_WORKERS, WEB_THREADS)."""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
METRICS = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve() / "run" / "metrics"

bind = os.environ.get("BIND") or f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60  # seconds without a sign of life of a worker
graceful_timeout = 4
keepalive = 15
max_requests = 20_000
max_requests_jitter = 2_000
preload_app = False  # the chart renderer hangs in a process that was forked after its first use
forwarded_allow_ips = "127.0.0.1"
limit_request_line = 8_190
errorlog = "-"
accesslog = None  # chargenet.middleware writes the request line
loglevel = "warning"

# Before the product is imported: its counters then live in files that all workers share.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)


def on_starting(server):
    """Counters of an earlier run are not ours."""
    shutil.rmtree(METRICS, ignore_errors=True)
    METRICS.mkdir(mode=0o700, parents=True)
