"""Loaders from configs and objects: one or several named sets, dealt out to the processes of a trainer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from torch.utils.data import BatchSampler, DataLoader, Dataset, IterableDataset, SequentialSampler

from models.checkpoints.resuming import ResumableLoader
from models.data._config import MakeDataset, OneSet, Stage, is_config, read_set, sets_of
from models.data._dataset import NeuralIterableDataset
from models.data._samplers import BlockSampler
from models.data._typed_items import typed_source
from models.errors import ConfigError
from neuraltypes.config._classes import Classes
from neuraltypes.config._fit import Fitter
from neuraltypes.config._nodes import ConfigNode
from neuraltypes.config.errors import Problem

if TYPE_CHECKING:
    import pytorch_lightning as pl

_NOT_TOGETHER: Final = frozenset({"sampler", "batch_sampler"})


@dataclass(frozen=True, slots=True)
class Ranks:
    """Which of how many processes this is, as far as data is concerned."""

    rank: int = 0
    size: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """What loaders are made of: the config or the objects, for which stage and process.

    `make_dataset` makes data sets of configs where the model does so in its own way.
    """

    given: ConfigNode
    stage: Stage
    ranks: Ranks
    make_dataset: MakeDataset | None = None
    allowed: Iterable[type] = ()
    shuffles: bool = False


def make_loaders(request: Request) -> Any:
    """What a trainer takes: one loader, or a mapping from the names of several sets to theirs.

    Raises:
        ConfigError: the config does not fit; everything that does not is named, and nothing was made.
    """
    fitter = Fitter(Classes())
    sets = sets_of(fitter, request.given)
    read = {
        name: read_set(fitter, one, request.make_dataset, request.allowed)
        for name, one in sets.items()
        if is_config(one)
    }
    fitter.raise_problems()
    loaders = {
        name: _from_config(read[name], one, request) if name in read else _given(one, request)
        for name, one in sets.items()
    }
    return loaders[""] if list(loaders) == [""] else loaders


def _given(node: ConfigNode, request: Request) -> Any:
    if isinstance(node.value, Dataset):
        return _from_config(OneSet(lambda: node.value, dict), node, request)
    if not isinstance(node.value, Iterable):
        raise ConfigError(f"is {node.value!r}, expected a config, a data set or a loader", place=node.path)
    return _dealt_out(node.value, request)


def _from_config(config: OneSet, node: ConfigNode, request: Request) -> DataLoader[Any]:
    dataset, options = config.dataset(), config.options()
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
        problem = Problem(node.path, str(error), position=node.position)
        raise ConfigError([problem]) from error


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
