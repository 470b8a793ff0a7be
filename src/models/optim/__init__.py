"""Optimizers, parameter groups and learning rate schedules from the `optim` section of a config."""

from models.optim._classes import register_optimizer, register_scheduler
from models.optim._schedules import schedule

__all__ = ["register_optimizer", "register_scheduler", "schedule"]
