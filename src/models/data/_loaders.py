"""Loaders from configs and objects: one or several named sets, dealt out to the processes of a trainer."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from torch.utils.data import BatchSampler, DataLoader, Dataset, IterableDataset, SequentialSampler

from models.checkpoints.resuming import ResumableLoader
from models.data._dataset import NeuralIterableDataset
from models.data._resolve import TARGET
from models.data._samplers import BlockSampler
from models.data._typed_items import typed_source
from models.data.errors import DataConfigError, nearest

if TYPE_CHECKING:
    import pytorch_lightning as pl

Stage: TypeAlias = Literal["train", "validation", "test", "predict"]
DATASET, AGGREGATE = "dataset", "aggregate"
_LOADER_ARGUMENTS: Final = frozenset(inspect.signature(DataLoader.__init__).parameters) - {"self", "dataset"}
_NOT_TOGETHER: Final = frozenset({"sampler", "batch_sampler"})


@dataclass(frozen=True, slots=True)
class Ranks:
    """Which of how many processes this is, as far as data is concerned."""

    rank: int = 0
    size: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """What loaders are made of: the config or the objects, under which key, for which stage and process."""

    given: Any
    place: str
    stage: Stage
    ranks: Ranks
    make_dataset: Callable[[Mapping[str, Any], str], Any]
    shuffles: bool = False


def make_loaders(request: Request) -> Any:
    """What a trainer takes: one loader, or a mapping from the names of several sets to theirs.

    Raises:
        DataConfigError: the config is malformed; the path of the key is named.
    """
    given = to_plain(request.given)
    if isinstance(given, list | tuple):
        given = {str(number): one for number, one in enumerate(given)}
    if not isinstance(given, Mapping) or is_one_set(given):
        return _make_loader(dataclasses.replace(request, given=given))
    return {
        name: _make_loader(dataclasses.replace(request, given=to_plain(one), place=f"{request.place}.{name}"))
        for name, one in named_sets(given, request.place).items()
    }


def is_one_set(given: Mapping[str, Any]) -> bool:
    """Whether a config describes one set, not several by name."""
    return TARGET in given or DATASET in given


def named_sets(given: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The configs of several sets by name.

    Raises:
        DataConfigError: a name cannot be one, or what it names is no set.
    """
    sets = {str(name): one for name, one in given.items() if name != AGGREGATE}
    for name, one in sets.items():
        if not name or "/" in name:
            raise DataConfigError(
                f'{place}: "{name}" cannot name a set: metrics are logged as <set>/<metric>', place=place
            )
        plain = to_plain(one)
        if plain is None or isinstance(plain, str | int | float):
            known = (DATASET, TARGET, AGGREGATE)
            raise DataConfigError(
                f"{place}.{name} is {plain!r}, expected the config of a set, a data set or a loader; the config of one "
                f"set has {DATASET} or {TARGET}{nearest(name, known)}",
                place=f"{place}.{name}",
            )
    return sets


def to_plain(given: Any) -> Any:
    """A config as a plain mapping, its interpolations resolved now; other objects as they are."""
    omegaconf = sys.modules.get("omegaconf")
    if omegaconf is not None and isinstance(given, omegaconf.Container):
        return omegaconf.OmegaConf.to_container(given, resolve=True)
    is_config = dataclasses.is_dataclass(given) and not isinstance(given, Dataset | type)
    if is_config and not isinstance(given, Iterable):
        return {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
    return given


def _make_loader(request: Request) -> Any:
    given = request.given
    if isinstance(given, Dataset):
        given = {DATASET: given}
    if isinstance(given, Mapping):
        return _from_config(dataclasses.replace(request, given=given))
    if not isinstance(given, Iterable):
        raise DataConfigError(
            f"{request.place} is {given!r}, expected a config, a data set or a loader", place=request.place
        )
    return _dealt_out(given, request)


def _from_config(request: Request) -> DataLoader[Any]:
    config, place = request.given, request.place
    options = {key: value for key, value in config.items() if key in _LOADER_ARGUMENTS}
    rest = {key: value for key, value in config.items() if key not in options}
    dataset = _dataset(rest, request)
    is_iterable = isinstance(dataset, IterableDataset)
    if request.shuffles and not is_iterable and not _NOT_TOGETHER & options.keys():
        options.setdefault("shuffle", True)
    source = typed_source(dataset)
    collate = source.collate_fn if source is not None else getattr(dataset, "collate_fn", None)
    options.setdefault("collate_fn", collate)
    if isinstance(dataset, NeuralIterableDataset):
        dataset._replica = request.ranks.rank, request.ranks.size  # noqa: SLF001  # ours
    if _is_dealt_out(request) and not is_iterable and not _NOT_TOGETHER & options.keys():
        _deal_out(options, dataset, request.ranks)
    goes_on = request.stage == "train" and isinstance(dataset, Sized)  # within an epoch, when a run is resumed
    try:
        return (ResumableLoader if goes_on else DataLoader)(dataset, **options)
    except (TypeError, ValueError) as error:
        raise DataConfigError(f"{place}: {error}", place=place) from error


def _dataset(rest: Mapping[str, Any], request: Request) -> Any:
    """The data set of what a config has beside the loader's options."""
    place = request.place
    if DATASET not in rest:
        return request.make_dataset(rest, place)
    unknown = [key for key in rest if key != DATASET]
    if unknown:
        problems = [
            f"{place}.{key}: neither the loader nor this config has such a key"
            f"{nearest(key, [*_LOADER_ARGUMENTS, DATASET])}"
            for key in unknown
        ]
        raise DataConfigError("\n".join(problems), place=f"{place}.{unknown[0]}")
    dataset = to_plain(rest[DATASET])
    if not isinstance(dataset, Mapping):
        return dataset
    if TARGET not in dataset:
        raise DataConfigError(f"{place}.{DATASET} has no {TARGET}, which names its class", place=f"{place}.{DATASET}")
    return request.make_dataset(dataset, f"{place}.{DATASET}")


def _is_dealt_out(request: Request) -> bool:
    """Whether batches are dealt out here; Lightning does it for training, and for predictions without any filler."""
    return request.ranks.size > 1 and request.stage in ("validation", "test")


def _deal_out(options: dict[str, Any], dataset: Any, ranks: Ranks) -> None:
    """Replace order and end of the loader's options by a sampler that deals out whole batches."""
    options["sampler"] = BlockSampler(
        dataset,
        batch_size=options.setdefault("batch_size", 1),
        num_replicas=ranks.size,
        rank=ranks.rank,
        shuffle=bool(options.pop("shuffle", False)),
        drop_last=bool(options.pop("drop_last", False)),
    )


_KEPT = (
    *("num_workers", "collate_fn", "pin_memory", "timeout", "worker_init_fn", "multiprocessing_context", "generator"),
    *("prefetch_factor", "persistent_workers", "in_order"),
)


def _dealt_out(loader: Any, request: Request) -> Any:
    """A given loader, which on several processes reads its share only; an unusual one is left as it is."""
    is_usual = (
        type(loader) is DataLoader
        and type(loader.sampler) is SequentialSampler
        and type(loader.batch_sampler) is BatchSampler
    )
    if not is_usual or not _is_dealt_out(request):
        return loader
    options = {name: getattr(loader, name) for name in _KEPT}
    options |= {"batch_size": loader.batch_size, "drop_last": loader.drop_last}
    _deal_out(options, loader.dataset, request.ranks)
    return DataLoader(loader.dataset, **options)


def from_datamodule(datamodule: pl.LightningDataModule, stage: Stage) -> Any:
    """What a data module gives for a stage; its `setup` has run."""
    short = {"train": "train", "validation": "val", "test": "test", "predict": "predict"}[stage]
    return getattr(datamodule, f"{short}_dataloader")()


def names_of(loaders: Any, alone: str) -> list[str]:
    """The names of the sets that loaders read: the keys of a mapping, else numbers; `alone` for a single loader."""
    inner = getattr(loaders, "iterables", loaders)  # Lightning's CombinedLoader
    if isinstance(inner, Mapping):
        return [str(name) for name in inner]
    if isinstance(inner, list | tuple):
        return [str(number) for number in range(len(inner))] if len(inner) > 1 else [alone]
    return [alone]


def flattened(loaders: Any) -> list[Any]:
    """The single loaders, in order."""
    inner = getattr(loaders, "iterables", loaders)
    if isinstance(inner, Mapping):
        return list(inner.values())
    return list(inner) if isinstance(inner, list | tuple) else [inner]
