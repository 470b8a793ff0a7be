"""What makes a module's class one that can be saved to an archive and restored from it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self, Unpack

from neuraltypes._archivable import CONSTRUCTED, Archivable

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from neuraltypes.archive._extract import Format
    from neuraltypes.archive._hub import Pushed, PushOptions
    from neuraltypes.archive._model import ConfigChanges
    from neuraltypes.archive._plan import OnMismatch
    from neuraltypes.archive._recorded import Constructed

    class_only = classmethod
else:

    class class_only(classmethod):  # noqa: N801  # a decorator
        """A class method that says so where it is called on an instance, whose own state it would not touch."""

        def __get__(self, instance: object, owner: type | None = None) -> Callable[..., Any]:
            return super().__get__(instance, owner) if instance is None else partial(_refuse, self.__func__.__name__)


class Restorable(Archivable):
    """A part of a module's class: `save_to` and `restore_from`, and what of its constructor goes with the weights."""

    if not TYPE_CHECKING:  # to a type checker the constructor is `__init__` alone

        def __new__(cls, *args, **kwargs):
            from neuraltypes.archive._recorded import record

            self = super().__new__(cls)
            self.__dict__[CONSTRUCTED] = record(*cls._arguments_to_record(args, kwargs))
            return self

    def save_to(
        self,
        path: str | os.PathLike[str],
        *,
        metadata: Mapping[str, Any] | None = None,
        progress: bool = True,
    ) -> str:
        """Write weights, buffers, config, interface and artifacts to one file, whole or not at all.

        `path` may be a URL that fsspec knows, such as `s3://...`. `metadata` is JSON data to keep beside them. A save
        that takes long shows a bar in a terminal, unless `progress` is false. Equal models give equal bytes. Gives the
        archive's digest.

        Raises:
            ArchiveError: part of the model cannot be archived, and is named; nothing was written.
            OSError: the file cannot be written; what was there is still there.
        """
        from neuraltypes.archive._model import save_model

        return save_model(self, path, metadata, progress=progress)

    @class_only
    def restore_from(
        cls,  # noqa: N805  # a class method, which the linter does not see
        path: str | os.PathLike[str],
        *,
        config: ConfigChanges | None = None,
        map_location: torch.device | str | None = None,
        strict: bool = True,
        verify: bool = True,
        copy: bool = False,
        prefix: str | None = None,
        rename: Mapping[str, str] | None = None,
        on_mismatch: OnMismatch = "error",
        expected_digest: str | None = None,
        allow: Mapping[str, type] | None = None,
        progress: bool = True,
        public_key: str | os.PathLike[str] | None = None,
        signature: str | os.PathLike[str] | None = None,
    ) -> Self:
        """A new model from an archive: of this class, or of the imported subclass that was saved.

        Args:
            path: the archive. Its tensors stay in the file, page by page as they are touched. That of a URL that
                fsspec knows is copied to a private temporary file first.
            config: changes to the archived config: a mapping, lines such as `"encoder.width=64"`, or a JSON file.
            map_location: the device to move the model to.
            strict: whether every tensor of the model and of the archive must have its counterpart.
            verify: whether all tensors that are used are compared with their digests.
            copy: whether tensors are copied to memory, for files that others may truncate meanwhile.
            prefix: restore the part of the archived model below this name, such as `"encoder"`.
            rename: archived names by what they are here; a `*` stands for the same text on both sides.
            on_mismatch: whether a tensor of another shape is an error, or keeps its initial value.
            expected_digest: the digest that the archive must have.
            allow: classes for archived names, where a class was renamed or is not found.
            progress: whether a restore that takes long shows a bar in a terminal.
            public_key: the PEM file of the Ed25519 key that must have signed the archive.
            signature: the signature's file, if not that of the archive with `.sig` behind it.

        Raises:
            ArchiveError: the archive is damaged, or does not fit the class; nothing is half restored.
            OSError: the file cannot be read.
        """
        from neuraltypes.archive._model import Options, restore_model

        options = Options(
            config=config,
            map_location=map_location,
            strict=strict,
            verify=verify,
            copy=copy,
            prefix=prefix,
            rename=rename or {},
            on_mismatch=on_mismatch,
            expected_digest=expected_digest,
            allow=allow or {},
            progress=progress,
            public_key=public_key,
            signature=signature,
        )
        return restore_model(cls, path, options)

    def push_to_hub(
        self, repo_id: str, *, metadata: Mapping[str, Any] | None = None, **options: Unpack[PushOptions]
    ) -> Pushed:
        """Save the model, and upload the archive with the options of `archive.push`; its digest, and the revision.

        Raises:
            ArchiveError: part of the model cannot be archived, or huggingface_hub is not installed.
            OSError: the hub cannot be reached, or refuses.
        """
        from neuraltypes.archive._hub import push

        with TemporaryDirectory() as folder:
            path = Path(folder, "model.nt")
            self.save_to(path, metadata=metadata)
            return push(path, repo_id, **options)

    @class_only
    def from_hub(
        cls,  # noqa: N805  # a class method, which the linter does not see
        repo_id: str,
        *,
        filename: str = "model.nt",
        revision: str | None = None,
        expected_digest: str | None = None,
        force_download: bool = False,
        token: str | None = None,
        endpoint: str | None = None,
        **options: Any,
    ) -> Self:
        """A new model from an archive of a repository, which `archive.pull` downloads and verifies before all else.

        `options` are those of `restore_from`.

        Raises:
            ArchiveError: it is another archive than expected, damaged, or does not fit the class; or huggingface_hub is
                not installed.
            OSError: the hub cannot be reached, or has no such file.
        """
        from neuraltypes.archive._hub import pull

        pulled = pull(
            repo_id,
            filename=filename,
            revision=revision,
            expected_digest=expected_digest,
            force_download=force_download,
            token=token,
            endpoint=endpoint,
        )
        return cls.restore_from(pulled.path, expected_digest=pulled.digest, **options)

    @staticmethod
    def extract_state_dict_from(
        path: str | os.PathLike[str],
        save_dir: str | os.PathLike[str] | None = None,
        *,
        split_by_module: bool = False,
        file_format: Format = "safetensors",
    ) -> dict[str, Tensor]:
        """The verified tensors of an archive, for plain PyTorch; with `save_dir`, written there too.

        `file_format` is `"safetensors"` or `"pt"`. Without `split_by_module` the file is called `model_weights`.

        Raises:
            ArchiveError: the archive is damaged.
            OSError: a file cannot be read or written.
        """
        from neuraltypes.archive._extract import extract_state_dict
        from neuraltypes.archive._reader import Archive
        from neuraltypes.archive._state import load_state

        if save_dir is not None:
            extract_state_dict(path, save_dir, split_by_module=split_by_module, file_format=file_format)
        with Archive.open(path) as archive:
            return load_state(archive)

    def to_config_dict(self) -> dict[str, Any]:
        """What the constructor was given, and its defaults, as plain data.

        Raises:
            ConfigError: it was given something that is no data.
        """
        from neuraltypes.archive._config import plainly
        from neuraltypes.archive._recorded import refuse_objects

        config = self._given_config()
        refuse_objects(config, type(self).__qualname__)
        found: dict[str, Any] = plainly(config)
        return found

    def _given_config(self) -> dict[str, Any]:
        from neuraltypes.archive._recorded import config_of

        constructed: Constructed = self.__dict__[CONSTRUCTED]
        return config_of(type(self), constructed)


def _refuse(name: str, *_: object, **__: object) -> None:
    raise TypeError(f"{name} makes a new model: call it on the class, not on a model")
