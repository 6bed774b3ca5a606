"""
The model as Keras wrote it, on TensorFlow, pictures by Pillow. `predict` asks as Keras's documentation does, `one graph` as
those do who have measured it: the least that TensorFlow takes.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy
import runtime
import tensorflow

tensorflow.config.threading.set_intra_op_parallelism_threads(1)
tensorflow.config.threading.set_inter_op_parallelism_threads(1)
model = keras.saving.load_model(os.environ["MODEL"], compile=False)
graph = tensorflow.function(lambda pixels: model(pixels, training=False))


def classify(image):
    pixels = numpy.asarray(image, dtype=numpy.float32)[None] / 127.5 - 1
    if sys.argv[1] == "predict":
        return model.predict(pixels, verbose=0)[0]
    return graph(tensorflow.constant(pixels)).numpy()[0]


runtime.serve(classify)
