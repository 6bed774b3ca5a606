"""What the OpenAPI document cannot say: which bytes are a picture, and which tensors fit the models that are served.

Every request that is meant to be valid is given a model that is there and a body that fits it, where its own would be
refused for what it holds rather than for its form. Requests that are meant to be refused are left as they are.
"""

import base64
import functools
import json
import struct
import urllib.request
import zlib

import schemathesis
from hypothesis import strategies as st


def png(side: int = 8) -> bytes:
    """A red square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\xe0\x10\x10" * side) * side
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PICTURE = png()
BASE64 = base64.b64encode(PICTURE).decode()

# The formats that the document gives to pictures, in a form, in JSON and as a body.
schemathesis.openapi.format("binary", st.just(PICTURE))
schemathesis.openapi.format("picture-base64", st.just(BASE64))
for subtype in ("jpeg", "png", "webp", "gif", "avif", "tiff"):
    schemathesis.openapi.media_type(f"image/{subtype}", st.just(PICTURE))


@functools.cache
def served(address: str) -> dict:
    with urllib.request.urlopen(f"{address.rstrip('/')}/models") as answer:
        return json.load(answer)


def inputs_of(model: dict) -> list:
    """Each input's name, datatype and the shape of one row."""
    taken = model["input"]
    if taken["kind"] == "picture":
        return [(taken["name"], "UINT8", [taken["height"], taken["width"], taken["channels"]])]
    return [(one["name"], one["datatype"], [size or 1 for size in one["shape"][1:]]) for one in taken["tensors"]]


def filled(shape: list):
    return [filled(shape[1:]) for _ in range(shape[0])] if shape else 1


def count(shape: list) -> int:
    return shape[0] * count(shape[1:]) if shape else 1


def row(model: dict):
    if model["input"]["kind"] == "picture":
        return {"b64": BASE64}
    return {name: filled(shape) for name, _, shape in inputs_of(model)}


def tensors(model: dict) -> list:
    return [
        {"name": name, "datatype": datatype, "shape": [1, *shape], "data": [1] * count(shape)}
        for name, datatype, shape in inputs_of(model)
    ]


def columns(model: dict):
    return {name: filled([1, *shape]) for name, _, shape in inputs_of(model)}


def split(model: dict) -> dict:
    if model["input"]["kind"] == "picture":
        return {"columns": ["image"], "data": [[BASE64]]}
    ((_, _, shape),) = inputs_of(model)
    return {"columns": [f"c{index}" for index in range(count(shape))], "data": [[1] * count(shape)]}


FITTING = {
    "picture": lambda model: BASE64,
    "tensors": tensors,
    "instances": lambda model: [row(model)],
    "inputs": columns,
    "examples": lambda model: [{"image": row(model)} if model["input"]["kind"] == "picture" else row(model)],
    "dataframe_records": lambda model: [{"image": BASE64}] if model["input"]["kind"] == "picture" else [row(model)],
    "dataframe_split": split,
}


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    known = served(case.operation.base_url)
    default = known["default"]
    model = next(one for one in known["models"] if one["name"] == default["name"])
    if case.media_type == "application/octet-stream":
        # No format says JSON with bytes behind it: an absent model is asked, and says so.
        case.path_parameters = {**case.path_parameters, "model": "absent"}
        return
    if case.media_type == "text/csv":
        # Rows of numbers, for a model that takes numbers.
        model = next(one for one in known["models"] if one["input"]["kind"] != "picture")
        ((_, _, shape),) = inputs_of(model)
        case.body = ",".join(["1"] * count(shape)) + "\n"
        case.query = {"model": model["name"], "version": model["version"]}
    # New ones in place of those that are there: other cases share them.
    if "model" in case.path_parameters:
        # One after the other, so that all are asked.
        model = known["models"][len(str(case.body)) % len(known["models"])]
    there = {"model": model["name"], "version": model["version"], "label": "latest"}
    case.path_parameters = {name: there.get(name, value) for name, value in case.path_parameters.items()}
    case.query = {name: there.get(name, value) for name, value in (case.query or {}).items()}
    if case.operation.path == "/invocations" and case.media_type == "application/json":
        # They choose among labels, of which rows have none.
        case.query = {name: value for name, value in case.query.items() if name not in ("top_k", "threshold")}
    if isinstance(case.body, dict) and case.media_type == "application/json":
        if case.operation.path.endswith("/infer"):
            case.body = {**case.body, "inputs": tensors(model), "outputs": []}
            case.headers = {k: v for k, v in case.headers.items() if k.lower() != "inference-header-content-length"}
        for way, fitting in FITTING.items():
            if way in case.body and not (way == "inputs" and case.operation.path.endswith("/infer")):
                case.body = {**case.body, way: fitting(model)}
        case.body = {name: value for name, value in case.body.items() if name != "context"}
