"""Trains the large CNN with Keras, one epoch for each line on stdin, and answers what it took: seconds, and of all threads.

Arguments: a file of uint8 pictures (28 x 28), a file of uint8 classes, the batch size.
"""

import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras import layers

pictures, classes, batch_size = sys.argv[1], sys.argv[2], int(sys.argv[3])
x = np.fromfile(pictures, np.uint8).reshape(-1, 28, 28, 1).astype(np.float32) / 255
y = np.eye(10, dtype=np.float32)[np.fromfile(classes, np.uint8)]
model = keras.Sequential(
    [
        layers.Input((28, 28, 1)),
        layers.Conv2D(30, 5, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(15, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Dropout(0.2),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(50, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
print(keras.__version__, flush=True)
for _ in sys.stdin:
    start, busy = time.perf_counter(), time.process_time()
    model.fit(x, y, batch_size=batch_size, epochs=1, verbose=0)
    print(time.perf_counter() - start, time.process_time() - busy, flush=True)
