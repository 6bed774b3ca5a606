"""The model as Keras wrote it, run by TensorFlow as one graph (faster than `model.predict`), pictures by Pillow."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy
import runtime
import tensorflow

tensorflow.config.threading.set_intra_op_parallelism_threads(1)
tensorflow.config.threading.set_inter_op_parallelism_threads(1)
model = keras.saving.load_model(os.environ["MODEL"], compile=False)
run = tensorflow.function(lambda pixels: model(pixels, training=False))


def classify(image):
    pixels = numpy.asarray(image, dtype=numpy.float32)[None] / 127.5 - 1
    return run(tensorflow.constant(pixels)).numpy()[0]


runtime.serve(classify)
