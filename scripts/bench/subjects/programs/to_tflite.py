"""Writes a Keras model as .tflite: python to_tflite.py MODEL.keras MODEL.tflite"""

import sys

import keras
import tensorflow

source, target = sys.argv[1:]
model = keras.saving.load_model(source, compile=False)
with open(target, "wb") as file:
    file.write(tensorflow.lite.TFLiteConverter.from_keras_model(model).convert())
