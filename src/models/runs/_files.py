"""The names of the files of a run. Nothing heavy is imported: what reads them needs no torch."""

from __future__ import annotations

FOLDER, RECORD, CONFIG, RESOLVED, PATCH = "record", "run.json", "config.yaml", "config_resolved.yaml", "git.patch"
METRICS, EVENTS, HPARAMS = "metrics.csv", "events.out.tfevents.*", "hparams.yaml"
