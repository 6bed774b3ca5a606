"""The frozen graph in onnxruntime's Python package, pictures by Pillow."""

import os

import numpy
import onnxruntime
import runtime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])


def classify(image):
    pixels = numpy.asarray(image, dtype=numpy.uint8)[None]
    return session.run(["probabilities"], {"picture": pixels})[0][0]


runtime.serve(classify)
