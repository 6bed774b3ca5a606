"""Saves one model of keras.applications with random weights, and what it answers to one input.

Arguments: the class's name, a folder. Writes NAME.keras, NAME.input (float32, row-major, one sample) and NAME.json:
{"keras", "shape", "answers", "single"}: what Keras answers in double and in single precision.

Batch normalisation is given the statistics of that input, as training would: with any others the numbers of a hundred
layers grow or fade until nothing could be told apart. The head is left without its softmax for the same reason.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

name, folder = sys.argv[1], sys.argv[2]
keras.utils.set_random_seed(7)
model = getattr(keras.applications, name)(weights=None, classifier_activation=None)
rng = np.random.default_rng(7)


def seeded(variable):
    """A value of the kind that training leaves behind."""
    shape, kind = variable.shape, variable.path.rsplit("/", 1)[-1]
    if kind == "count" or "seed_generator" in variable.path:
        return variable.numpy()
    if len(shape) > 1:
        fan_in = shape[0] * shape[1] if "depthwise" in kind else np.prod(shape[:-1])
        return rng.normal(0, np.sqrt(2 / fan_in), shape)
    if kind == "gamma":
        # Below 1, as training leaves it: with more, fifty residual blocks make 1e-3 of Keras's own rounding.
        return rng.uniform(0.1, 0.3, shape)
    if kind in ("variance", "moving_variance"):
        return rng.uniform(0.5, 1.5, shape)
    return rng.normal(0, 0.1, shape)


for variable in model.weights:
    variable.assign(seeded(variable))
size = [axis or 224 for axis in model.input_shape[1:]]
# Patches of 16 x 16, unlike in each picture: of fine noise, all pictures are the same after a few layers, and what is
# left to be normalised is rounding.
patches = rng.uniform(0, 255, (4, -(-size[0] // 16), -(-size[1] // 16), 3))
x = patches.repeat(16, axis=1).repeat(16, axis=2)[:, : size[0], : size[1]].astype(np.float32)
for layer in model.layers:
    if isinstance(layer, keras.layers.BatchNormalization):
        layer.momentum = 0.0
model(x, training=True)
for layer in model.layers:
    if isinstance(layer, keras.layers.BatchNormalization):
        layer.momentum = 0.99
file = os.path.join(folder, f"{name}.keras")
model.save(file)
# Answered in double precision: Keras's own rounding in single precision is worth 1e-4 after a hundred layers. Made from
# the file: a Normalization takes its weights to heart only when it is loaded.
loaded = keras.models.load_model(file, compile=False)
weights = loaded.get_weights()
one = x[:1]
single = loaded(one, training=False).numpy()
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
exact = getattr(keras.applications, name)(weights=None, classifier_activation=None)
exact.set_weights(weights)
exact.save_weights(os.path.join(folder, f"{name}.weights.h5"))
exact.load_weights(os.path.join(folder, f"{name}.weights.h5"))
answers = exact(one.astype(np.float64), training=False).numpy()
one.tofile(os.path.join(folder, f"{name}.input"))
with open(os.path.join(folder, f"{name}.json"), "w") as file:
    both = {"answers": answers.ravel().tolist(), "single": single.ravel().tolist()}
    json.dump({"keras": keras.__version__, "shape": list(one.shape), **both}, file)
