"""Loggers of a run, which share one folder that no other run has."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from lightning_utilities.core.rank_zero import rank_zero_only
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger


class RunLogger(CSVLogger):
    """Lightning's, whose folder is made when it is first asked for, so that two runs never share one."""

    @property
    def version(self) -> int | str:
        """The number in the folder's name."""
        if self._version is None:
            self._version = self._claimed()
        return self._version

    def _claimed(self) -> int:
        """The first free number; on rank 0 its folder is made. Other ranks ask the trainer where the run is."""
        if "://" in self.root_dir or getattr(rank_zero_only, "rank", 0) != 0:
            return super()._get_next_version()
        for number in count(super()._get_next_version()):
            try:
                os.makedirs(Path(self.root_dir, f"version_{number}"))  # noqa: PTH103  # fails if it is there
            except FileExistsError:
                continue
            return number
        raise AssertionError  # count never ends


class TensorBoardBeside(TensorBoardLogger):
    """Lightning's, in the folder of another logger."""

    def __init__(self, other: CSVLogger) -> None:
        super().__init__(other.save_dir, name=other.name, default_hp_metric=False)
        self._other = other

    @property
    def version(self) -> int | str:
        """The other's."""
        return self._other.version

    @property
    def log_dir(self) -> str:
        """The other's."""
        return self._other.log_dir
