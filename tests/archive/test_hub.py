"""Archives go to a hub and come back, verified before anything of them is used. The hub is a server of this test."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule
from neuraltypes.archive import ArchiveError, ConfigError, DigestError, NotAnArchiveError, pull, push

constants = pytest.importorskip("huggingface_hub.constants")


class Encoder(NeuralModule):
    made = 0

    def __init__(self, *, width: int = 4) -> None:
        super().__init__()
        type(self).made += 1
        self.linear = nn.Linear(3, width)

    def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b w"]:
        encoded: Tensor = self.linear(x)
        return encoded


class Hub:
    """What the server holds: the files of each commit, by repository; branches and commits by name."""

    def __init__(self) -> None:
        self.repositories: dict[str, dict[str, dict[str, bytes]]] = {}
        self.requests: list[str] = []
        self.messages: list[str] = []
        self.created: list[Any] = []
        self.tokens: set[str | None] = set()
        self.endpoint = ""
        self.mode = "regular"  # how files are uploaded: within a commit, or before it by their digest
        self.objects: dict[str, bytes] = {}
        self.is_full = False

    def commit(self, repo: str, revision: str, changes: dict[str, bytes]) -> str:
        branches = self.repositories[repo]
        oid = f"{len(branches):040x}"
        branches[oid] = branches[revision] = branches.get(revision, {}) | changes
        return oid


def handler_for(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def log_message(self, *_: Any) -> None:
            pass

        def answer(self, status: int, content: Any = b"", **headers: str) -> None:
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            path = unquote(urlsplit(self.path).path)
            hub.requests.append(f"POST {path}")
            hub.tokens.add(self.headers.get("Authorization"))
            if path == "/api/repos/create":
                data = json.loads(body)
                name = f"{data.get('organization') or 'me'}/{data['name']}"
                hub.created.append(data)
                is_new = name not in hub.repositories
                hub.repositories.setdefault(name, {"main": {}})
                return self.answer(200 if is_new else 409, {"url": f"{hub.endpoint}/{name}", "id": name})
            if path.endswith(".git/info/lfs/objects/batch"):
                upload = {"upload": {"href": f"{hub.endpoint}/upload"}}
                objects = [{"oid": o["oid"], "size": o["size"], "actions": upload} for o in json.loads(body)["objects"]]
                return self.answer(200, {"transfer": "basic", "objects": objects})
            found = re.fullmatch(r"/api/models/([^/]+/[^/]+)/(preupload|commit)/(.+)", path)
            assert found is not None, path
            if found[2] == "preupload":
                names = [file["path"] for file in json.loads(body)["files"]]
                modes = [{"path": f, "uploadMode": hub.mode, "shouldIgnore": False, "oid": None} for f in names]
                return self.answer(200, {"files": modes})
            lines = [json.loads(line) for line in body.splitlines()]
            files: dict[str, bytes] = {
                o["value"]["path"]: base64.b64decode(o["value"]["content"]) for o in lines if o["key"] == "file"
            }
            files |= {o["value"]["path"]: hub.objects[o["value"]["oid"]] for o in lines if o["key"] == "lfsFile"}
            hub.messages.append(lines[0]["value"]["summary"])
            oid = hub.commit(found[1], found[3], files)
            return self.answer(200, {"commitUrl": f"{hub.endpoint}/{found[1]}/commit/{oid}", "commitOid": oid})

        def do_PUT(self) -> None:
            hub.requests.append(f"PUT {self.path}")
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if hub.is_full:
                return self.answer(400)
            hub.objects[hashlib.sha256(content).hexdigest()] = content
            return self.answer(200)

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.requests.append(f"{self.command} {path}")
            found = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path)
            branches = hub.repositories.get(found[1], {}) if found else {}
            if found is None or found[2] not in branches or found[3] not in branches[found[2]]:
                return self.answer(404, {"error": "none"}, X_Error_Code="EntryNotFound", X_Repo_Commit="0" * 40)
            content = branches[found[2]][found[3]]
            oid = next(name for name, files in branches.items() if files is branches[found[2]] and len(name) == 40)
            return self.answer(200, content, ETag=f'"{hash(content):x}"', X_Repo_Commit=oid)

        do_HEAD = do_GET  # noqa: N815  # the name that the server calls

    return Handler


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_PROGRESS_BARS", True)
    made = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(made))
    made.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # what huggingface_hub makes its client say
@pytest.mark.parametrize("mode", ["regular", "lfs"])
def test_a_model_goes_to_a_hub_and_comes_back(hub: Hub, mode: str) -> None:
    hub.mode = mode
    model = Encoder(width=6)
    pushed = model.push_to_hub("me/encoder", private=True, token="secret", endpoint=hub.endpoint, metadata={"n": 1})
    assert hub.created[0]["visibility"] == "private"
    assert hub.tokens == {"Bearer secret"}
    assert ("PUT /upload" in hub.requests) == (mode == "lfs")
    assert hub.messages == [f"Upload model.nt ({pushed.digest})"]
    restored = Encoder.from_hub("me/encoder", expected_digest=pushed.digest, endpoint=hub.endpoint)
    assert torch.equal(restored.linear.weight, model.linear.weight)
    assert type(NeuralModule.from_hub("me/encoder", revision=pushed.revision, endpoint=hub.endpoint)) is Encoder


def test_revisions_and_files_are_told_apart(hub: Hub, tmp_path: Path) -> None:
    first = Encoder().push_to_hub("me/encoder", filename="a.nt", endpoint=hub.endpoint)
    digest = Encoder(width=5).save_to(tmp_path / "mine.nt")
    hub.repositories["me/encoder"]["next"] = {}
    second = push(
        tmp_path / "mine.nt",
        "me/encoder",
        filename="a.nt",
        revision="next",
        commit_message="New",
        endpoint=hub.endpoint,
    )
    assert second.digest == digest != first.digest
    assert hub.messages[1] == "New"
    pulled = pull("me/encoder", filename="a.nt", revision="next", endpoint=hub.endpoint)
    assert pulled.digest == digest
    assert pulled.path.read_bytes() == (tmp_path / "mine.nt").read_bytes()
    assert pull("me/encoder", filename="a.nt", revision=first.revision, endpoint=hub.endpoint).digest == first.digest
    with pytest.raises(OSError, match="404"):
        pull("me/encoder", filename="b.nt", endpoint=hub.endpoint)


def test_another_archive_than_expected_is_not_used(hub: Hub) -> None:
    expected = Encoder().push_to_hub("me/encoder", endpoint=hub.endpoint).digest
    other = Encoder().push_to_hub("me/encoder", endpoint=hub.endpoint).digest
    made = Encoder.made
    with pytest.raises(DigestError, match=f"it is {other}, expected {expected}"):
        Encoder.from_hub("me/encoder", expected_digest=expected, endpoint=hub.endpoint)
    assert Encoder.made == made


def test_a_damaged_archive_is_told_before_anything_of_it_is_used(hub: Hub) -> None:
    model = Encoder()
    digest = model.push_to_hub("me/encoder", endpoint=hub.endpoint).digest
    data = bytearray(hub.repositories["me/encoder"]["main"]["model.nt"])
    data[data.index(model.linear.weight.detach().numpy().tobytes())] ^= 1
    hub.commit("me/encoder", "main", {"model.nt": bytes(data)})
    made = Encoder.made
    with pytest.raises(DigestError, match=r"tensor 'linear\.weight' is not what was saved"):
        # It does not fit the class either, which would be the error of a restore that came first.
        Encoder.from_hub("me/encoder", expected_digest=digest, endpoint=hub.endpoint, config={"no": 1}, verify=False)
    assert Encoder.made == made
    hub.commit("me/encoder", "main", {"model.nt": b"<html>"})
    with pytest.raises(NotAnArchiveError):
        Encoder.from_hub("me/encoder", endpoint=hub.endpoint, force_download=True)


def test_the_options_of_a_restore_are_passed_on(hub: Hub) -> None:
    Encoder().push_to_hub("me/encoder", endpoint=hub.endpoint)
    with pytest.raises(ConfigError, match="has no such parameter"):
        Encoder.from_hub("me/encoder", endpoint=hub.endpoint, config={"no": 1})
    restored = Encoder.from_hub("me/encoder", endpoint=hub.endpoint, map_location="meta")
    assert restored.linear.weight.is_meta
    with pytest.raises(TypeError, match="call it on the class"):
        restored.from_hub("me/encoder")


def test_a_cached_archive_is_not_downloaded_again(hub: Hub) -> None:
    Encoder().push_to_hub("me/encoder", endpoint=hub.endpoint)
    pull("me/encoder", endpoint=hub.endpoint)
    hub.requests.clear()
    pull("me/encoder", endpoint=hub.endpoint)
    assert hub.requests == ["HEAD /me/encoder/resolve/main/model.nt"]
    pull("me/encoder", endpoint=hub.endpoint, force_download=True)
    assert hub.requests[-1].startswith("GET")


def test_a_damaged_archive_is_not_pushed(hub: Hub, tmp_path: Path) -> None:
    model = Encoder()
    model.save_to(tmp_path / "model.nt")
    data = bytearray((tmp_path / "model.nt").read_bytes())
    data[data.index(model.linear.weight.detach().numpy().tobytes())] ^= 1
    (tmp_path / "model.nt").write_bytes(data)
    with pytest.raises(DigestError):
        push(tmp_path / "model.nt", "me/encoder", endpoint=hub.endpoint)
    assert hub.requests == []


def test_what_the_documentation_shows_runs(hub: Hub, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "archives.md").read_text()
    first, *_ = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    [shown] = re.findall(r"^```py\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "vocab.txt").write_text("a b")
    (tmp_path / "shown.py").write_text(f"{first}\n{shown}\nassert again.vocabulary == ['a', 'b'] and path.is_file()\n")
    settings = {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_XET": "1"}
    environment = os.environ | settings | {"NEURALTYPES_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "shown.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
def test_a_hub_that_refuses_a_file(hub: Hub) -> None:
    hub.mode, hub.is_full = "lfs", True
    with pytest.raises(OSError, match=r"me/encoder: Error while uploading 'model\.nt'"):
        Encoder().push_to_hub("me/encoder", endpoint=hub.endpoint)


def test_a_hub_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)  # between its tries
    with pytest.raises(OSError, match=r"me/encoder|onnect"):
        pull("me/encoder", endpoint="http://127.0.0.1:9")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ArchiveError, match=re.escape('pip install "neuraltypes[hub]"')):
        Encoder.from_hub("me/encoder")
    with pytest.raises(ArchiveError, match=re.escape('pip install "neuraltypes[hub]"')):
        Encoder().push_to_hub("me/encoder")


def test_reading_and_saving_load_no_hub() -> None:
    code = "import sys, neuraltypes.archive._hub; assert not {'huggingface_hub', 'torch'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
