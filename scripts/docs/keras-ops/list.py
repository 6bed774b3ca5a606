"""Writes names.json: every function of keras.ops, with the classes of the operations that it writes into a model.

Needs Keras 3.15. A function without one answers while the model is built: what it answers is a constant in the file.
"""

import inspect
import json
import re
from pathlib import Path

import keras
from keras import ops
from keras.src.ops.operation import Operation


def operations(function):
    """Operation classes that the function names, itself or by another function of the same file."""
    source = inspect.getsource(function)
    names = re.findall(r"\b(\w+)\(", source)
    home = inspect.getmodule(function)
    found = [n for n in names if inspect.isclass(getattr(home, n, None)) and issubclass(getattr(home, n), Operation)]
    if found or function.__name__ not in ALIASES:
        return sorted(set(found))
    return operations(getattr(home, ALIASES[function.__name__]))


ALIASES = {"abs": "absolute", "conj": "conjugate"}


def main():
    listed = {}
    for prefix, module in [("", ops), ("image.", ops.image)]:
        for name in sorted(vars(module)):
            function = getattr(module, name)
            if not name.startswith("_") and inspect.isfunction(function):
                listed[prefix + name] = operations(function)
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(classes)}" for name, classes in listed.items())
    Path(__file__).with_name("names.json").write_text("{\n" + lines + "\n}\n")
    print(keras.__version__, len(listed))


main()
