"""The command `neuraltypes`: archives in a terminal, without torch, the check of a config, reports of runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. The exit status is 0, 1 where archives differ or a config has problems, or 2 after an error."""
    parsed = _parse(arguments)
    from neuraltypes.archive.errors import ArchiveError

    try:
        status: int = parsed.run(parsed)
    except (ArchiveError, OSError, ImportError, _usage_error()) as error:
        from neuraltypes.archive._inspect import printable

        print(f"error: {printable(str(error))}", file=sys.stderr)  # noqa: T201  # this is what a command does
        return _ERROR
    return status


def _usage_error() -> type[Exception]:
    """Looked up where something was raised: most commands need nothing of configs."""
    from neuraltypes.config.errors import UsageError

    return UsageError


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The arguments; overrides of a config may stand behind options, which argparse does not take in a subcommand."""
    parser = _parser()
    parsed, rest = parser.parse_known_args(arguments)
    if rest and (parsed.run is not _check_config or any(text.startswith("-") for text in rest)):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        parsed.overrides += rest
    return parsed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neuraltypes",
        description="Read, check, compare and make model archives; check configs; report training runs.",
    )
    commands = parser.add_subparsers(required=True, metavar="command", prog=parser.prog)  # prog: spares an import

    inspect = commands.add_parser("inspect", help="print what an archive holds")
    inspect.add_argument("archive")
    inspect.add_argument("--json", action="store_true", help="as JSON")
    inspect.set_defaults(run=_inspect)

    verify = commands.add_parser("verify", help="read everything and compare it with the digests")
    verify.add_argument("archive")
    verify.add_argument("--digest", help="the digest that the archive must have, sha256:...")
    verify.add_argument("--key", help="the PEM file of the public key that must have signed it")
    verify.add_argument("--signature", help="with --key: the signature's file, if not archive.sig")
    verify.set_defaults(run=_verify)

    sign = commands.add_parser("sign", help="sign an archive with an Ed25519 key")
    sign.add_argument("archive")
    sign.add_argument("--key", required=True, help="the PEM file of the private key")
    sign.add_argument("--signature", help="the file to write, if not archive.sig")
    sign.set_defaults(run=_sign)

    diff = commands.add_parser("diff", help="compare two archives: config, interface, tensors by digest")
    diff.add_argument("left")
    diff.add_argument("right")
    diff.add_argument("--json", action="store_true", help="as JSON")
    diff.set_defaults(run=_diff)

    extract = commands.add_parser("extract", help="write an archive's members, or its weights, to a folder")
    extract.add_argument("archive")
    extract.add_argument("folder")
    extract.add_argument("--weights", choices=("safetensors", "pt"), help="only the weights, as such a file")
    extract.add_argument("--split-by-module", action="store_true", help="with --weights: one file for each module")
    extract.set_defaults(run=_extract)

    pack = commands.add_parser("pack", help="make an archive of a folder with weights.safetensors in it")
    pack.add_argument("folder")
    pack.add_argument("archive")
    pack.set_defaults(run=_pack)

    importing = commands.add_parser("import", help="make an archive of a .nemo, .ckpt, .pt, .safetensors or a folder")
    importing.add_argument("source")
    importing.add_argument("archive")
    importing.add_argument("--class", dest="cls", metavar="PKG.MOD:CLASS", help="whose restore_from is to open it")
    importing.add_argument("--names", metavar="FILE", help="JSON or YAML: new names of tensors by old ones")
    importing.add_argument("--config", metavar="FILE", help="with --class: JSON or YAML, what its constructor is given")
    importing.add_argument("--key", help="where in a dict the state dict is")
    importing.set_defaults(run=_import)

    _add_config(commands)
    _add_report(commands)
    return parser


def _add_config(commands: Any) -> None:
    config = commands.add_parser("config", help="check configs of models")
    check = config.add_subparsers(required=True, metavar="command").add_parser(
        "check", help="check a YAML file: classes, keys, types, interpolations, and what the sizes imply"
    )
    check.add_argument("file")
    check.add_argument("overrides", nargs="*", metavar="key=value", help="changes to the file's values")
    check.add_argument(
        "--import", dest="imports", action="append", default=[], metavar="MODULE", help="import the module of classes"
    )
    check.add_argument("--model", metavar="CLASS", help="the class that the config is for, where no _target_ says so")
    check.add_argument("--key", metavar="KEY", help="check this part of the file alone")
    check.add_argument("--allow", action="append", default=[], metavar="CLASS", help="a class that it may name")
    check.add_argument("--resolver", action="append", default=[], metavar="NAME", help='such as "oc.env"')
    check.add_argument("--no-wiring", action="store_true", help="do not run the models on shapes")
    check.set_defaults(run=_check_config)


def _add_report(commands: Any) -> None:
    report = commands.add_parser("report", help="show what training runs were, and their metrics in numbers and curves")
    report.add_argument("runs", nargs="+", metavar="run", help="a run's folder; several are compared")
    report.add_argument("--png", metavar="PATH", help="also draw the curves: into a file .png, or a folder of them")
    report.add_argument("--metric", action="append", default=[], metavar="PATTERN", help='only these, such as "val/*"')
    report.add_argument("--no-curves", action="store_true", help="no curves in the terminal")
    report.add_argument("--width", type=int, help="how many letters wide, if not as the terminal")
    report.add_argument("--ascii", action="store_true", help="curves without other letters than ASCII's")
    report.set_defaults(run=_report)


def _inspect(parsed: argparse.Namespace) -> int:
    from neuraltypes.archive._inspect import as_text, describe
    from neuraltypes.archive._reader import Archive

    with Archive.open(parsed.archive) as archive:
        found = describe(archive)
    _print(json.dumps(found, indent=2) if parsed.json else as_text(found))
    return 0


def _verify(parsed: argparse.Namespace) -> int:
    from neuraltypes.archive._reader import Archive
    from neuraltypes.archive.errors import SignatureError

    if parsed.signature is not None and parsed.key is None:
        raise SignatureError("--signature needs --key: who may have signed it")
    with Archive.open(parsed.archive, expected_digest=parsed.digest) as archive:
        if parsed.key is not None:
            from neuraltypes.archive._signing import require_signed

            require_signed(archive, parsed.key, parsed.signature)
        archive.verify(bar=True)
        _print(f"{archive.digest}  {archive.path}")
    return 0


def _sign(parsed: argparse.Namespace) -> int:
    from neuraltypes.archive._signing import sign

    _print(sign(parsed.archive, parsed.key, parsed.signature))
    return 0


def _diff(parsed: argparse.Namespace) -> int:
    from neuraltypes.archive._diff import diff
    from neuraltypes.archive._inspect import printable
    from neuraltypes.archive._reader import Archive

    with Archive.open(parsed.left) as left, Archive.open(parsed.right) as right:
        found = diff(left, right)
    if parsed.json:
        _print(json.dumps([difference._asdict() for difference in found], indent=2))
    else:
        _print("\n".join(printable(str(difference)) for difference in found) or "equal")
    return int(bool(found))


def _extract(parsed: argparse.Namespace) -> int:
    from neuraltypes.archive._extract import extract_state_dict, unpack

    if parsed.weights is None:
        unpack(parsed.archive, parsed.folder)
        return 0
    files = extract_state_dict(
        parsed.archive, parsed.folder, split_by_module=parsed.split_by_module, file_format=parsed.weights
    )
    _print("\n".join(map(str, files)))
    return 0


def _pack(parsed: argparse.Namespace) -> int:
    from neuraltypes.archive._extract import pack

    _print(f"{pack(parsed.folder, parsed.archive)}  {parsed.archive}")
    return 0


def _import(parsed: argparse.Namespace) -> int:
    from neuraltypes.archive._inspect import printable
    from neuraltypes.archive.importing import import_checkpoint
    from neuraltypes.archive.importing._files import class_at, read_mapping

    cls = None if parsed.cls is None else class_at(parsed.cls)
    config = None if parsed.config is None else read_mapping(parsed.config)
    done = import_checkpoint(parsed.source, parsed.archive, cls=cls, names=parsed.names, config=config, key=parsed.key)
    dropped = [name for name, new in done.names.items() if not new]
    notes = [*(f"dropped: {name}" for name in dropped), *(f"name kept: {name}" for name in done.unmatched), *done.notes]
    for note in notes:
        print(printable(note), file=sys.stderr)  # noqa: T201  # the digest alone goes to what reads this
    _print(f"{done.digest}  {parsed.archive}")
    return 0


def _check_config(parsed: argparse.Namespace) -> int:
    from neuraltypes.config._command import check_file

    lines, status = check_file(
        parsed.file,
        overrides=parsed.overrides,
        imports=parsed.imports,
        model=parsed.model,
        key=parsed.key,
        allow=parsed.allow,
        resolvers=parsed.resolver,
        wiring=not parsed.no_wiring,
    )
    _print("\n".join(lines))
    return status


def _report(parsed: argparse.Namespace) -> int:
    import shutil

    from models.runs.report import report  # the one place where this package calls the one that stands on it

    lines, warnings = report(
        parsed.runs,
        metrics=parsed.metric,
        png=parsed.png,
        curves=not parsed.no_curves,
        width=parsed.width or shutil.get_terminal_size().columns,
        is_ascii=parsed.ascii or not _can_print("\u28ff\u2588"),
    )
    for text in warnings:
        print(text, file=sys.stderr)  # noqa: T201  # the report alone goes to what reads it
    _print("\n".join(lines))
    return 0


def _can_print(letters: str) -> bool:
    try:
        letters.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _print(text: str) -> None:
    print(text)  # noqa: T201  # this is what a command does


if __name__ == "__main__":
    sys.exit(main())
