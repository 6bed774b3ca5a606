"""The model as a .tflite file in LiteRT, TensorFlow's runtime for small machines, pictures by Pillow."""

import os

import numpy
import runtime
from ai_edge_litert.interpreter import Interpreter

interpreter = Interpreter(model_path=os.environ["MODEL"], num_threads=1)
interpreter.allocate_tensors()
(given,) = interpreter.get_input_details()
(wanted,) = interpreter.get_output_details()


def classify(image):
    pixels = numpy.asarray(image, dtype=numpy.float32)[None] / 127.5 - 1
    interpreter.set_tensor(given["index"], pixels)
    interpreter.invoke()
    return interpreter.get_tensor(wanted["index"])[0]


runtime.serve(classify)
